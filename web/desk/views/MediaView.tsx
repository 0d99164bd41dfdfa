/** How does a live stream get into the page? */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { Icon } from "../../shared/icon.tsx";

export interface MediaViewProps { stream: MediaStream | null; muted?: boolean; hidden?: boolean; testId: string; label: string; class?: string }

export function MediaView({ stream, muted = false, hidden = false, testId, label, class: kind }: MediaViewProps) {
  const video = useRef<HTMLVideoElement>(null);
  const silent = useSignal(false);

  /** Without a click on the page a browser may refuse sound, as after a reload: the picture starts, the sound waits. */
  const play = async (): Promise<void> => {
    const element = video.current;
    if (!element) return;
    element.muted = muted;
    silent.value = false;
    await element.play().catch(async (error: unknown) => {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      element.muted = true;
      silent.value = true;
      await element.play().catch(() => undefined); // A stream that has just ended has nothing to play.
    });
  };

  useEffect(() => {
    if (video.current) video.current.srcObject = stream;
    if (stream) void play();
  }, [stream]);

  return (
    <>
      <video ref={video} class={kind} hidden={hidden} autoplay playsInline data-testid={testId} aria-label={label} />
      {silent.value && <button class="button button--secondary stage__silent" onClick={() => void play()}><Icon name="speaker" />Switch the sound on</button>}
    </>
  );
}
