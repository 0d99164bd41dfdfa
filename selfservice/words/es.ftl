# Las palabras que todo flujo necesita. Una empresa cambia una con su mismo id en su catálogo.

action-continue = Continuar
action-try_again = Probar otra vez
action-confirm = Confirmar
action-done = Listo
option-yes = Sí
option-no = No
option-none = Ninguna de estas

stepup-title = Confirma que eres tú
    .body = Te hemos enviado un código. Escríbelo aquí; nadie más lo necesita, ni siquiera nosotros.
stepup-unsent =
    .body = Para que nadie más pueda hacer esto, ni siquiera con tu teléfono en la mano.
stepup-code = Código
    .hint = 6 cifras, vale durante 5 minutos
address-lines = Calle y número
address-postal_code = Código postal
address-city = Ciudad
address-region = Región
address-country = País
signature-drawn = Firmado a mano
a11y-step = Paso { $at } de { $of }
old_app-text = Esta aplicación es demasiado antigua para lo que viene ahora. Actualízala, sigue en un navegador o pide ayuda: guardamos tu lugar.
old_app-address = Calle y número, código postal (o -), ciudad, país: separados por comas.
old_app-multi = Una o varias de estas, separadas por comas: { $options }
old_app-signature = Escribe tu nombre.
timeline-done = hecho
plain-ok = ok
plain-back = atrás
plain-cancel = cancelar
plain-help = ayuda
plain-optional = se puede omitir: -
plain-known = Lo que ya sabemos: { $value }
plain-choice = Escribe el número.
plain-multi = Escribe los números, separados por comas.
plain-country = Escribe su nombre.
plain-date = Escríbelo como 2026-11-20.
plain-time = Escríbelo como 14:30.
plain-money = Escríbelo como 12,50.
plain-phone = Escríbelo con el prefijo del país, como +351 912 345 678.
plain-email = Escríbelo como maya@example.com.
plain-month_year = Escríbelo como 11/30.
plain-digits = Escribe las cifras.
plain-address = Calle y número, código postal (o -), ciudad, país: separados por comas.
plain-upload = Envíalo aquí como archivo.
plain-signature = Escribe tu nombre completo o envía una imagen de tu firma.
plain-repeat = Escribe una línea para cada uno, con punto y coma entre los datos.
plain-form = Responde en { $count ->
    [one] { $count } línea
   *[other] { $count } líneas
}, en este orden.
plain-go_on = Escribe { $ok } para continuar.
plain-also = También puedes escribir: { $ways }.
plain-unclear = No lo he entendido.
plain-help_asked = Pide ayuda aquí y una persona te escribirá.
review-title = Revisa tus respuestas
wait-title = Por ahora no hay nada que hacer
    .body = Te avisaremos cuando continúe. Puedes cerrar esto.
stepup-passkey = Usar tu llave de acceso
    .hint = Tu cara, tu dedo o el PIN de este dispositivo
progress-title = Un momento
    .body = Puedes salir; guardamos tu lugar.
handoff-title = A partir de aquí te atiende una persona
    .body = Ve dónde estás y qué ha fallado. No tendrás que repetir nada.
end-solved = Hecho
end-abandoned = Te has quedado aquí
    .body = Puedes empezar de nuevo cuando quieras.
end-refused = Esto no se puede hacer aquí
expired-title = Esto lleva demasiado tiempo parado
    .body = Empieza de nuevo; no lleva más tiempo que antes.

err-required = Esto todavía falta.
err-digits_only = Solo cifras, por favor.
err-digits_length = { $length ->
    [one] Hace falta { $length } cifra.
   *[other] Hacen falta { $length } cifras.
}
err-month_year = Escríbelo como 11/30.
err-too_long = Como máximo, { $max ->
    [one] { $max } carácter
   *[other] { $max } caracteres
}.
err-number = Escribe un número, como 12,50.
err-choose = Elige una de estas opciones.
err-choose_some = Elige entre estas opciones.
err-none_alone = Elige o bien esta opción o bien otras, no ambas cosas.
err-money = Escribe un importe, como { $places ->
    [0] 1250
   *[other] 12,50
}.
err-date = Escribe un día del calendario, como 2026-11-20.
err-time = Escribe una hora, como 14:30.
err-country = Elige un país.
err-phone = Escríbelo con el prefijo del país, como +351 912 345 678.
err-email = Escribe una dirección, como maya@example.com.
err-address = Escríbelo en líneas: calle y número, código postal (o -), ciudad, país.
err-postal_code = Escribe el código postal con letras y cifras.
err-lines = Como máximo, { $max ->
    [one] { $max } línea
   *[other] { $max } líneas
} para la calle.
err-upload = Envía aquí un archivo.
err-no_file = Este archivo ya no está aquí. Envíalo otra vez.
err-file_type = Aquí no se admiten archivos de este tipo.
err-file_size = Como máximo, { $max } MB cada uno.
err-too_many_files = Como máximo, { $max } { $max ->
    [one] archivo
   *[other] archivos
}.
err-signature = Firma aquí o escribe tu nombre.
err-invalid = Esto no parece correcto.
err-entries = Hacen falta entre { $min } y { $max }.
err-unknown_field = Aquí no existe esa pregunta.

notice-WRONG = Ese no es el código que enviamos. Mira el último mensaje.
    .why = código rechazado
notice-EXPIRED = El código ha caducado. Pide uno nuevo.
    .why = código caducado
notice-USED_UP = Este código ya no se puede usar. Pide uno nuevo.
    .why = código agotado
notice-TOO_WEAK = Este código se mostró en la propia aplicación, y aquí eso no basta.
    .why = código mostrado en la aplicación, y no basta
notice-UNCONFIRMED = Todavía no sabemos cómo te llegó este código. Prueba otra vez en un momento o pide uno nuevo.
    .why = no se sabe cómo se entregó el código
notice-PASSKEY_REFUSED = Esta llave de acceso no sirve aquí. Prueba con otra o usa un código.
    .why = llave de acceso rechazada
notice-PASSKEY_LATE = Ha tardado un poco. Usa tu llave de acceso una vez más.
    .why = llave de acceso usada demasiado tarde
notice-INVALID = Algo de aquí no parece correcto.
    .why = respuestas no aceptadas
notice-ERROR = No ha salido bien. Tus respuestas están guardadas.
    .why = la petición falló
notice-UNKNOWN = Todavía no sabemos si ha salido bien. Tus respuestas están guardadas.
    .why = resultado desconocido
notice-other = No ha salido bien. Tus respuestas están guardadas.
    .why = rechazado

why-place = { $title }, paso { $at } de { $of }
why-trouble = { $count ->
    [1] { $what } una vez
   *[other] { $what } { $count } veces
}
