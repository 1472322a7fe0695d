//! Words for people. In: a change and a subscription. Out: subject, text part and HTML part of a mail.
//! This room must never claim what the change does not hold, and never let page text through unescaped.
