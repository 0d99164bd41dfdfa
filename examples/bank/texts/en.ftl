# The bank's words. Said short and without blame: what is, what is safe, what now.

activate-title = Activate card
    .summary = About 1 minute. Have the new card with you.
activate-nudge = Your new card is still waiting. Go on where you stopped?

activate-load_card = Looking up your card
activate-digits-title = Check your new card
    .body = Both are printed on the front.
activate-last4 = Last 4 digits
    .hint = The last group of the long number
activate-last4-hint = The last group of the long number, four digits
activate-expiry = Valid until
    .hint = Month and year, like 11/30
activate-prove_identity = Confirm it's you
    .body = We sent you a code by text message. Nobody at the bank will ever ask you for it.
activate-activate = Activating your card
activate-activate-DIGITS_MISMATCH = These don't match the card we sent you on { DAY($load_card-sent_on, pattern: "d MMMM") }. Is it the new card?
    .plain = These don't match the card we sent you. Is it the new card?
    .why = digits refused
activate-activate-ALREADY_ACTIVE = This card is already active. Nothing was changed.
    .why = card already active
activate-activate-BLOCKED = This card is blocked. Nothing was changed; a person can tell you why.
    .why = card blocked
activate-activate-ERROR = We couldn't reach the card service. Your answers are saved; nothing was changed.
    .why = card service not reached
activate-activate-UNKNOWN = We couldn't reach the card service. Your answers are saved; a person checks what happened.
    .why = outcome of the activation unknown
activate-load_card-ERROR = We couldn't look up your card. Nothing was changed.
    .why = card not found
activate-human = A person takes it from here
    .body = The cards team sees where you are and what went wrong. You won't have to repeat anything.
activate-done = Your card is active
    .body = You can pay with it now. The letter with your PIN comes on its own.
activate-already = Your card is already active
    .body = You can pay with it now. There is nothing left to do.
activate-cancelled = You've stopped here
    .body = Your card stays as it is. Activate it whenever you like.

err-card_expired = A card with this date has run out. Look for the newer one.
