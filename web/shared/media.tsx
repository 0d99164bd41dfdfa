/** How does a MediaStream reach the screen or the ear? `srcObject` is no attribute, so it needs a ref. */
import { useEffect, useRef } from "preact/hooks";

interface Source { stream: MediaStream | null; testId?: string; label?: string }

function useStream<E extends HTMLMediaElement>(stream: MediaStream | null) {
  const element = useRef<E>(null);
  useEffect(() => {
    const player = element.current;
    if (!player || player.srcObject === stream) return;
    player.srcObject = stream;
    // A page may not play sound before it was touched; joining a call is a touch, a reload is not.
    if (stream) void player.play().catch(() => addEventListener("pointerdown", () => void player.play(), { once: true }));
  }, [stream]);
  return element;
}

/** A picture without sound: sound has its own element, which outlives the picture. */
export function Picture({ stream, testId, label, mirrored = false }: Source & { mirrored?: boolean }) {
  const element = useStream<HTMLVideoElement>(stream);
  return <video ref={element} class={mirrored ? "is-mirrored" : ""} data-testid={testId} aria-label={label} autoplay playsInline muted />;
}

export function Sound({ stream, testId }: Source) {
  return <audio ref={useStream<HTMLAudioElement>(stream)} data-testid={testId} autoplay />;
}
