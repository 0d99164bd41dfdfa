/** How far has an upload come? `fetch` does not say; this one does, for a body that is a Blob. */

/** `tell` hears shares of the body between 0 and 1. Rejects like `fetch` where nobody answers, and where `signal` gives up. */
export function fetchTelling(tell: (share: number) => void, signal?: AbortSignal): typeof fetch {
  return (input, init = {}) => new Promise<Response>((answered, failed) => {
    const request = new XMLHttpRequest();
    const unreachable = (): void => failed(new TypeError("nobody answered"));
    request.open(init.method ?? "GET", String(input));
    for (const [name, value] of Object.entries((init.headers ?? {}) as Record<string, string>)) request.setRequestHeader(name, value);
    request.upload.onprogress = ({ loaded, total }) => tell(total > 0 ? loaded / total : 0);
    request.onload = () => answered(new Response(request.responseText, { status: request.status, statusText: request.statusText }));
    request.onerror = unreachable;
    request.onabort = unreachable;
    signal?.addEventListener("abort", () => request.abort());
    request.send((init.body ?? null) as Blob | null);
  });
}
