/** What does the stage say about the call, in words? */
import type { CallView } from "../../sdk/call-side.ts";
import type { Trouble } from "../../sdk/own-media.ts";
import type { IconName } from "../../shared/icon.tsx";
import type { Call } from "../../sdk/types.ts";

export interface StageWords { title: string; text: string }

/** What covers the picture; null while the call runs. */
export function stageWords(call: Call, view: CallView | null, name: string): StageWords | null {
  switch (call.state) {
    case "ringing": return call.started_by === "agent"
      ? { title: `Ringing ${name}`, text: `${name} is asked to join. You can go on in text meanwhile.` }
      : { title: `${name} is joining`, text: "Picture and sound start by themselves." };
    case "connecting": return { title: "Connecting", text: "Picture and sound start by themselves." };
    case "recovering": return { title: `Getting ${name} back`, text: `The connection dropped for a moment. ${name} keeps the place, and text goes on.` };
    case "connected": return view?.flowing ? null : { title: "Connecting", text: "Picture and sound start by themselves." };
    case "ended": return null;
  }
}

export function linkWords(view: CallView | null): { icon: IconName; text: string } | null {
  if (!view?.flowing || !view.quality) return null;
  return view.quality === "good" ? { icon: "done", text: "Good link" } : { icon: "alert", text: "Weak link" };
}

const MICROPHONE: Record<Trouble, string> = {
  denied: "Your microphone is off for this page. Allow it in the browser’s address bar, then unmute.",
  none: "No microphone was found. Plug one in, then unmute, or go on by text.",
  busy: "Another app is using your microphone. Close it, then unmute, or go on by text.",
};
const CAMERA: Record<Trouble, string> = {
  denied: "Your camera is off for this page. You are heard just as well without it.",
  none: "No camera was found. You are heard just as well without it.",
  busy: "Another app is using your camera. You are heard just as well without it.",
};

export function deviceWords(view: CallView | null): string | null {
  const { audio, video } = view?.own.trouble ?? {};
  return (audio && MICROPHONE[audio]) || (video && CAMERA[video]) || null;
}
