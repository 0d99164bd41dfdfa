# Las palabras de la tienda. Breves y sin culpas: qué pasa, qué está a salvo, qué toca ahora.

order-title = ¿Dónde está mi pedido?
    .summary = Menos de un minuto.
order-orders = Buscando tus pedidos
order-orders-ERROR = No hemos podido consultar tus pedidos.
    .why = pedidos no encontrados
order-which = ¿Qué pedido es?
order-number = ¿Qué pedido es?
    .body = No vemos ningún pedido tuyo en curso. Su número nos ayuda a encontrarlo.
order-number-label = Número de pedido
    .hint = Dos letras y ocho cifras, como WL10000001
order-find = Buscando tu pedido
order-find-ERROR = No hemos podido buscar tu pedido.
    .why = pedido no encontrado
order-track = Preguntando dónde está
order-track-ERROR = No hemos podido averiguar dónde está tu pedido.
    .why = envío no localizado
order-status = Tu pedido está en camino
order-happy = ¿Te sirve de ayuda?
order-sorry = Lo sentimos, ya debería haber llegado
    .body = Elige qué hacemos.
order-sorry-resend = Enviarlo de nuevo
order-sorry-refund = Devolver el dinero
order-sorry-talk = Hablar con alguien
order-remedy_do = Un momento
order-remedy_do-ERROR = No ha salido bien. Te atiende una persona.
    .why = solución rechazada
order-remedy_do-UNKNOWN = Todavía no sabemos si ha salido bien. Una persona lo comprueba.
    .why = no se sabe si la solución salió bien
order-bye = Gracias
    .body = Te mantenemos al tanto.
order-cancelled = Te has quedado aquí
    .body = Vuelve a mirar cuando quieras.
order-human = A partir de aquí te atiende una persona
    .body = Ve tu pedido y lo que has elegido. No tendrás que repetir nada.

err-order = Escribe dos letras y ocho cifras, como WL10000001.
