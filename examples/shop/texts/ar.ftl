# كلمات المتجر. موجزة ومن دون لوم: ما الحال، وما الذي بقي آمنًا، وما التالي.

order-title = أين طلبي؟
    .summary = أقل من دقيقة.
order-orders = نبحث عن طلباتك
order-orders-ERROR = تعذر علينا البحث عن طلباتك.
    .why = لم يُعثر على الطلبات
order-which = أي طلب هو؟
order-number = أي طلب هو؟
    .body = لا نرى لك طلبًا جاريًا. رقمه يساعدنا على إيجاده.
order-number-label = رقم الطلب
    .hint = حرفان وثمانية أرقام، مثل WL10000001
order-find = نبحث عن طلبك
order-find-ERROR = تعذر علينا البحث عن طلبك.
    .why = لم يُعثر على الطلب
order-track = نسأل عن مكانه
order-track-ERROR = تعذر علينا معرفة مكان طلبك.
    .why = لم يُتتبَّع الطرد
order-status = طلبك في الطريق إليك
order-happy = هل أفادك ذلك؟
order-sorry = نأسف، كان ينبغي أن يكون قد وصل
    .body = اختر ما نفعله بشأنه.
order-sorry-resend = إرساله من جديد
order-sorry-refund = إعادة المبلغ
order-sorry-talk = التحدث إلى شخص من فريقنا
order-remedy_do = لحظة من فضلك
order-remedy_do-ERROR = لم ينجح ذلك. سيتولى الأمر شخص من فريقنا.
    .why = رُفض الحل
order-remedy_do-UNKNOWN = لا نعرف بعد إن كان ذلك قد نجح. سيتحقق شخص من فريقنا.
    .why = لا يُعرف إن كان الحل قد نجح
order-bye = شكرًا لك
    .body = سنبقيك على اطلاع.
order-cancelled = توقفت هنا
    .body = عد متى شئت لترى الجديد.
order-human = سيتولى الأمر شخص من فريقنا
    .body = يرى طلبك وما اخترته. لن تضطر إلى إعادة أي شيء.

err-order = اكتب حرفين وثمانية أرقام، مثل WL10000001.
