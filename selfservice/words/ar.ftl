# الكلمات التي يحتاجها كل مسار. تغيّر الشركة كلمةً منها باستعمال معرّفها في ملفها.

action-continue = متابعة
action-try_again = إعادة المحاولة
action-confirm = تأكيد
action-done = تم
option-yes = نعم
option-no = لا
option-none = لا شيء مما سبق

stepup-title = تأكيد هويتك
    .body = أرسلنا إليك رمزًا. أدخله هنا؛ لا يحتاجه أحد غيرك، ولا حتى نحن.
stepup-unsent =
    .body = حتى لا يستطيع أحد غيرك فعل ذلك، ولو كان هاتفك في يده.
stepup-code = الرمز
    .hint = 6 أرقام، صالح لمدة 5 دقائق
address-lines = الشارع والرقم
address-postal_code = الرمز البريدي
address-city = المدينة
address-region = المنطقة
address-country = البلد
signature-drawn = موقَّع بخط اليد
a11y-step = الخطوة { $at } من { $of }
old_app-text = هذا التطبيق أقدم من أن يعرض ما يأتي الآن. حدّثه، أو تابع في متصفح، أو اطلب المساعدة: مكانك محفوظ.
old_app-address = الشارع والرقم، الرمز البريدي (أو -)، المدينة، البلد: تفصل بينها فواصل.
old_app-multi = واحد أو أكثر من هذه، تفصل بينها فواصل: { $options }
old_app-signature = اكتب اسمك.
timeline-done = تم
plain-ok = موافق
plain-back = رجوع
plain-cancel = إلغاء
plain-help = مساعدة
plain-optional = يمكن تركه: -
plain-known = المعروف حتى الآن: { $value }
plain-choice = اكتب الرقم.
plain-multi = اكتب الأرقام، تفصل بينها فواصل.
plain-country = اكتب اسمه.
plain-date = اكتبه هكذا: 2026-11-20.
plain-time = اكتبه هكذا: 14:30.
plain-money = اكتبه هكذا: 12.50.
plain-phone = اكتبه مع رمز البلد، مثل ‎+351 912 345 678.
plain-email = اكتبه هكذا: maya@example.com.
plain-month_year = اكتبه هكذا: 11/30.
plain-digits = اكتب الأرقام.
plain-address = الشارع والرقم، الرمز البريدي (أو -)، المدينة، البلد: تفصل بينها فواصل.
plain-upload = أرسله هنا كملف.
plain-signature = اكتب اسمك الكامل أو أرسل صورة لتوقيعك.
plain-repeat = اكتب سطرًا لكل واحد، تفصل بين بياناته فاصلة منقوطة.
plain-form = { $count ->
    [one] أجب في سطر واحد.
    [two] أجب في سطرين، بهذا الترتيب.
    [few] أجب في { $count } أسطر، بهذا الترتيب.
    [many] أجب في { $count } سطرًا، بهذا الترتيب.
   *[other] أجب في { $count } سطر، بهذا الترتيب.
}
plain-go_on = اكتب { $ok } للمتابعة.
plain-also = يمكنك أيضًا أن تكتب: { $ways }.
plain-unclear = لم أفهم ذلك.
plain-help_asked = اطلب المساعدة هنا وسيكتب إليك شخص من فريقنا.
review-title = مراجعة إجاباتك
wait-title = لا شيء مطلوب منك الآن
    .body = سنخبرك عندما نتابع. يمكنك إغلاق هذه الشاشة.
stepup-passkey = استخدام مفتاح المرور
    .hint = وجهك أو بصمتك أو رمز قفل هذا الجهاز
progress-title = لحظة من فضلك
    .body = يمكنك المغادرة؛ مكانك محفوظ.
handoff-title = سيتولى الأمر شخص من فريقنا
    .body = يرى أين وصلت وما الذي لم ينجح. لن تضطر إلى إعادة أي شيء.
end-solved = تم الأمر
end-abandoned = توقفت هنا
    .body = يمكنك البدء من جديد متى شئت.
end-refused = لا يمكن القيام بذلك هنا
expired-title = بقي هذا معلقًا مدة طويلة
    .body = ابدأ من جديد؛ لن يستغرق وقتًا أطول من قبل.

err-required = هذا الحقل ما زال ناقصًا.
err-digits_only = أرقام فقط من فضلك.
err-digits_length = { $length ->
    [one] المطلوب رقم واحد.
    [two] المطلوب رقمان.
    [few] المطلوب { $length } أرقام.
    [many] المطلوب { $length } رقمًا.
   *[other] المطلوب { $length } رقم.
}
err-month_year = اكتبه هكذا: 11/30.
err-too_long = { $max ->
    [one] حرف واحد على الأكثر.
    [two] حرفان على الأكثر.
    [few] { $max } أحرف على الأكثر.
    [many] { $max } حرفًا على الأكثر.
   *[other] { $max } حرف على الأكثر.
}
err-number = اكتب رقمًا، مثل 12.50.
err-choose = اختر واحدًا من هذه الخيارات.
err-choose_some = اختر من بين هذه الخيارات.
err-none_alone = اختر إما هذا وإما غيره، لا الاثنين معًا.
err-money = اكتب مبلغًا، مثل { $places ->
    [0] 1250
   *[other] 12.50
}.
err-date = اكتب يومًا من التقويم، مثل 2026-11-20.
err-time = اكتب وقتًا، مثل 14:30.
err-country = اختر بلدًا.
err-phone = اكتبه مع رمز البلد، مثل ‎+351 912 345 678.
err-email = اكتب عنوانًا، مثل maya@example.com.
err-address = اكتبه في أسطر: الشارع والرقم، الرمز البريدي (أو -)، المدينة، البلد.
err-postal_code = اكتب الرمز البريدي بحروف وأرقام.
err-lines = { $max ->
    [one] سطر واحد للشارع على الأكثر.
    [two] سطران للشارع على الأكثر.
    [few] { $max } أسطر للشارع على الأكثر.
    [many] { $max } سطرًا للشارع على الأكثر.
   *[other] { $max } سطر للشارع على الأكثر.
}
err-upload = أرسل ملفًا هنا.
err-no_file = لم يعد هذا الملف موجودًا هنا. أرسله مرة أخرى.
err-file_type = لا تُقبل هنا ملفات من هذا النوع.
err-file_size = { $max } ميغابايت لكل ملف على الأكثر.
err-too_many_files = { $max ->
    [one] ملف واحد على الأكثر.
    [two] ملفان على الأكثر.
    [few] { $max } ملفات على الأكثر.
    [many] { $max } ملفًا على الأكثر.
   *[other] { $max } ملف على الأكثر.
}
err-signature = وقّع هنا أو اكتب اسمك.
err-invalid = يبدو أن هذا غير صحيح.
err-entries = العدد المطلوب من { $min } إلى { $max }.
err-unknown_field = لا يوجد سؤال كهذا هنا.

notice-WRONG = ليس هذا هو الرمز الذي أرسلناه. راجع آخر رسالة.
    .why = رُفض الرمز
notice-EXPIRED = انتهت صلاحية الرمز. اطلب رمزًا جديدًا.
    .why = انتهت صلاحية الرمز
notice-USED_UP = لم يعد هذا الرمز صالحًا للاستعمال. اطلب رمزًا جديدًا.
    .why = استُنفد الرمز
notice-TOO_WEAK = ظهر هذا الرمز داخل التطبيق نفسه، وهذا لا يكفي هنا.
    .why = ظهر الرمز داخل التطبيق، وهذا لا يكفي
notice-UNCONFIRMED = لا نعرف بعد كيف وصلك هذا الرمز. أعد المحاولة بعد لحظة، أو اطلب رمزًا جديدًا.
    .why = لا يُعرف كيف سُلِّم الرمز
notice-PASSKEY_REFUSED = مفتاح المرور هذا غير مناسب هنا. جرّب مفتاحًا آخر أو استخدم رمزًا.
    .why = رُفض مفتاح المرور
notice-PASSKEY_LATE = استغرق ذلك وقتًا أطول من اللازم. استخدم مفتاح المرور مرة أخرى.
    .why = استُخدم مفتاح المرور متأخرًا
notice-INVALID = يبدو أن شيئًا هنا غير صحيح.
    .why = لم تُقبل الإجابات
notice-ERROR = لم ينجح ذلك. إجاباتك محفوظة.
    .why = فشل الطلب
notice-UNKNOWN = لا نعرف بعد إن كان ذلك قد نجح. إجاباتك محفوظة.
    .why = النتيجة غير معروفة
notice-other = لم ينجح ذلك. إجاباتك محفوظة.
    .why = مرفوض

why-place = { $title }، الخطوة { $at } من { $of }
why-trouble = { $count ->
    [1] { $what } مرة واحدة
    [2] { $what } مرتين
    [few] { $what } { $count } مرات
    [many] { $what } { $count } مرةً
   *[other] { $what } { $count } مرة
}
