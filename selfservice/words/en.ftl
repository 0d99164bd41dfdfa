# The words every flow needs. A company overrides one by using its id in its own catalogue.

action-continue = Continue
action-try_again = Try again
action-confirm = Confirm
action-done = Done
option-yes = Yes
option-no = No
option-none = None of these

stepup-title = Confirm it's you
    .body = We sent you a code. Enter it here; nobody else needs it, not even we.
stepup-unsent =
    .body = So that nobody else can do this, even with your phone in their hands.
stepup-code = Code
    .hint = 6 digits, good for 5 minutes
address-lines = Street and number
address-postal_code = Postal code
address-city = City
address-region = Region
address-country = Country
signature-drawn = Signed by hand
a11y-step = Step { $at } of { $of }
old_app-text = This app is too old for what comes here. Update it, go on in a browser, or ask for help: your place is kept.
old_app-address = Street and number, postal code (or -), city, country: with commas between.
old_app-multi = One or more of these, with commas: { $options }
old_app-signature = Type your name.
timeline-done = done
plain-ok = ok
plain-back = back
plain-cancel = cancel
plain-help = help
plain-optional = may be left out: -
plain-known = Known so far: { $value }
plain-choice = Write the number.
plain-multi = Write the numbers, with commas.
plain-country = Write its name.
plain-date = Write it like 2026-11-20.
plain-time = Write it like 14:30.
plain-money = Write it like 12.50.
plain-phone = Write it with the country's prefix, like +351 912 345 678.
plain-email = Write it like maya@example.com.
plain-month_year = Write it like 11/30.
plain-digits = Write the digits.
plain-address = Street and number, postal code (or -), city, country: with commas between.
plain-upload = Send it here as a file.
plain-signature = Write your full name, or send a picture of your signature.
plain-repeat = Write a line for each, with a semicolon between.
plain-form = Answer in { $count } lines, in this order.
plain-go_on = Write { $ok } to go on.
plain-also = You can also write: { $ways }.
plain-unclear = I didn't understand that.
plain-help_asked = Ask for help here, and a person will write to you.
review-title = Check your answers
wait-title = Nothing to do for now
    .body = We'll tell you when it goes on. You can close this.
stepup-passkey = Use your passkey
    .hint = Your face, your finger, or the PIN of this device
progress-title = One moment
    .body = You can leave; your place is kept.
handoff-title = A person takes it from here
    .body = They see where you are and what went wrong. You won't have to repeat anything.
end-solved = That's done
end-abandoned = You've stopped here
    .body = You can start again whenever you like.
end-refused = This can't be done here
expired-title = This has been lying too long
    .body = Start again; it takes no longer than before.

err-required = This is still missing.
err-digits_only = Digits only, please.
err-digits_length = It needs { $length } digits.
err-month_year = Write it like 11/30.
err-too_long = At most { $max } characters.
err-number = Write a number, like 12.50.
err-choose = Choose one of these.
err-choose_some = Choose from these.
err-none_alone = Choose either this or others, not both.
err-money = Write an amount, like { $places ->
    [0] 1250
   *[other] 12.50
}.
err-date = Write a day of the calendar, like 2026-11-20.
err-time = Write a time, like 14:30.
err-country = Choose a country.
err-phone = Write it with the country's prefix, like +351 912 345 678.
err-email = Write an address, like maya@example.com.
err-address = Write it in lines: street and number, postal code (or -), city, country.
err-postal_code = Write the postal code in letters and digits.
err-lines = At most { $max } lines for the street.
err-upload = Send a file here.
err-no_file = This file isn't here any more. Send it again.
err-file_type = Files of this kind aren't taken here.
err-file_size = At most { $max } MB each.
err-too_many_files = At most { $max } { $max ->
    [one] file
   *[other] files
}.
err-signature = Sign here, or type your name.
err-invalid = This doesn't look right.
err-entries = It needs { $min } to { $max } of these.
err-unknown_field = There is no such question here.

notice-WRONG = That isn't the code we sent. Check the last message.
    .why = code refused
notice-EXPIRED = The code is out of date. Ask for a new one.
    .why = code out of date
notice-USED_UP = This code can't be used any more. Ask for a new one.
    .why = code used up
notice-TOO_WEAK = This code was shown in the app itself, which is not enough here.
    .why = code shown in the app, which is not enough
notice-UNCONFIRMED = We don't know yet how this code reached you. Try again in a moment, or ask for a new one.
    .why = unknown how the code was delivered
notice-PASSKEY_REFUSED = This passkey doesn't fit here. Try another one, or use a code.
    .why = passkey refused
notice-PASSKEY_LATE = That took a little long. Use your passkey once more.
    .why = passkey used too late
notice-INVALID = Something here doesn't look right.
    .why = answers not accepted
notice-ERROR = That didn't go through. Your answers are saved.
    .why = the request failed
notice-UNKNOWN = We don't know yet whether that went through. Your answers are saved.
    .why = outcome unknown
notice-other = That didn't go through. Your answers are saved.
    .why = refused

why-place = { $title }, step { $at } of { $of }
why-trouble = { $count ->
    [1] { $what } once
    [2] { $what } twice
   *[other] { $what } { $count } times
}
