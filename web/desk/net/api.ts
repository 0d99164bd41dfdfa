/** Which route answers each request of the desk? */
import type { Api } from "../../sdk/api.ts";
import type { CannedReply, Channel, Disposition, EventPage, FlowInsight, HistoryItem, Intent, KnownFact, Uuid, VersionInsight } from "../../sdk/types.ts";
import { uuid7 } from "../../sdk/uuid.ts";
import type { DeskApi } from "../state/ports.ts";

export function deskApi(api: Api): DeskApi {
  const at = (id: Uuid, what: string): string => `/v1/interactions/${id}/${what}`;
  const beside = (id: Uuid, what: string): string => `/v1/participants/${id}/${what}`;
  return {
    dispositions: async (queue) => (await api.get<{ items: Disposition[] }>(`/v1/dispositions${queue === undefined ? "" : `?queue=${encodeURIComponent(queue)}`}`)).items,
    cannedReplies: async () => (await api.get<{ items: CannedReply[] }>("/v1/canned-replies")).items,
    setPresence: (intent: Intent) => api.put("/v1/me/presence", { intent }),
    interaction: (id) => api.get(`/v1/interactions/${id}`),
    context: (id) => api.get(at(id, "context")),
    run: (id) => api.get(at(id, "run")),
    history: async (customer) => (await api.get<{ items: HistoryItem[] }>(`/v1/customers/${customer}/history`)).items,
    facts: async (customer) => (await api.get<{ items: KnownFact[] }>(`/v1/customers/${customer}/facts`)).items,
    log: async (conversation) => (await api.get<EventPage>(`/v1/conversations/${conversation}/events?limit=500`)).items,
    accept: (id) => api.post(at(id, "accept")),
    decline: (id, reason) => api.post(at(id, "decline"), { reason }),
    setChannel: (id, channel: Channel) => api.post(at(id, "channel"), { channel }),
    note: (id, text) => api.post(at(id, "notes"), { text }),
    handBack: (id, step) => api.post(at(id, "hand-back"), { step }),
    close: (id) => api.post(at(id, "close")),
    keepOpen: (id) => api.post(at(id, "keep-open")),
    end: (id) => api.post(at(id, "end")),
    wrapUp: (id, disposition, note) => api.post(at(id, "wrap-up"), { disposition, note }),
    pause: (id) => api.post(at(id, "pause")),
    callLater: (id, when, zone) => api.post(at(id, "callback"), { at: when, zone }),
    upload: (conversation, file) => api.upload(`/v1/conversations/${conversation}/files?name=${encodeURIComponent(file.name)}`, file),
    file: (id) => api.blob(`/v1/files/${id}`),
    editMessage: (conversation, seq, text) => api.put(`/v1/conversations/${conversation}/messages/${seq}`, { cmid: uuid7(), text }),
    deleteMessage: (conversation, seq) => api.delete(`/v1/conversations/${conversation}/messages/${seq}`),
    askApproval: (interaction, what) => api.post(`/v1/interactions/${interaction}/approvals`, { what }),
    ask: (conversation, question) => api.post(`/v1/conversations/${conversation}/asks`, { cmid: uuid7(), ...question }),
    targets: () => api.get("/v1/transfer-targets"),
    transfer: (id, to, reason, note) => api.post(at(id, "transfer"), { to, reason, note }),
    takeOver: (id, reason) => api.post(at(id, "take-over"), { reason }),
    askIn: (id, role, to, note) => api.post(at(id, "participants"), { role, to, note }),
    join: (id) => api.post(beside(id, "accept")),
    declineToJoin: (id) => api.post(beside(id, "decline"), {}),
    leave: (id) => api.post(beside(id, "leave")),
    handOver: (id) => api.post(beside(id, "hand-over")),
    endCall: (call) => api.post(`/v1/calls/${call}/end`),
    flowsInsight: async (days) => (await api.get<{ items: VersionInsight[] }>(`/v1/admin/insight/flows?days=${days}`)).items,
    flowInsight: async (flow, days) => (await api.get<{ items: FlowInsight[] }>(`/v1/admin/insight/flows/${encodeURIComponent(flow)}?days=${days}`)).items,
    repeatedQuestions: (days) => api.get(`/v1/admin/repeated-questions?days=${days}`),
  };
}
