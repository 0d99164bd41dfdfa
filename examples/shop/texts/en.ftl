# The shop's words. Said short and without blame: what is, what is safe, what now.

order-title = Where is my order?
    .summary = Less than a minute.
order-orders = Looking up your orders
order-orders-ERROR = We couldn't look up your orders.
    .why = orders not found
order-which = Which order is it?
order-number = Which order is it?
    .body = We see no open order of yours. Its number helps us find it.
order-number-label = Order number
    .hint = Two letters and eight digits, like WL10000001
order-find = Looking for your order
order-find-ERROR = We couldn't look for your order.
    .why = order not found
order-track = Asking where it is
order-track-ERROR = We couldn't find out where your order is.
    .why = parcel not tracked
order-status = Your order is on its way
order-happy = Does this help?
order-sorry = We're sorry, it should be there by now
    .body = Choose what we do about it.
order-sorry-resend = Send it again
order-sorry-refund = Pay the money back
order-sorry-talk = Talk to somebody
order-remedy_do = Just a moment
order-remedy_do-ERROR = That didn't go through. A person takes over.
    .why = remedy refused
order-remedy_do-UNKNOWN = We don't know yet whether that went through. A person checks.
    .why = unknown whether the remedy went through
order-bye = Thank you
    .body = We keep you posted.
order-cancelled = You've stopped here
    .body = Look again whenever you like.
order-human = A person takes it from here
    .body = They see your order and what you chose. You won't have to repeat anything.

err-order = Write two letters and eight digits, like WL10000001.
