/** How does a live stream get into the page? */
import { useEffect, useRef } from "preact/hooks";

export interface MediaViewProps { stream: MediaStream | null; muted?: boolean; hidden?: boolean; testId: string; label: string; class?: string }

export function MediaView({ stream, muted = false, hidden = false, testId, label, class: kind }: MediaViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  useEffect(() => {
    if (!video.current) return;
    video.current.srcObject = stream;
    // A page that has had no click yet may not start sound; the accept was one, so this is only ever a reload.
    void video.current.play().catch(() => undefined);
  }, [stream]);
  return <video ref={video} class={kind} muted={muted} hidden={hidden} autoplay playsInline data-testid={testId} aria-label={label} />;
}
