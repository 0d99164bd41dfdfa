/** How does the customer answer what an agent asked to approve? By passkey where there is one, else by a code that is sent for it. */
import type { Api } from "../../sdk/api.ts";
import type { ApprovalView, Uuid } from "../../sdk/types.ts";

export interface Approvals {
  /** By the easier way: at once by passkey, else a code is sent and awaited. */
  approve(id: Uuid): Promise<ApprovalView>;
  sendCode(id: Uuid): Promise<ApprovalView>;
  byCode(id: Uuid, code: string): Promise<ApprovalView>;
  decline(id: Uuid): Promise<ApprovalView>;
}

const path = (id: Uuid): string => `/v1/approvals/${id}`;

export function approvalsOf(api: Api): Approvals {
  const sendCode = async (id: Uuid): Promise<ApprovalView> => {
    await api.post(`${path(id)}/code`);
    return api.get<ApprovalView>(path(id));
  };
  return {
    async approve(id) {
      const { methods } = await api.get<ApprovalView>(path(id));
      if (!methods.includes("passkey")) return sendCode(id);
      const { signByPasskey } = await import("../../sdk/passkeys.ts");
      const passkey = await signByPasskey(api, `${path(id)}/passkey`);
      return api.post<ApprovalView>(`${path(id)}/give-by-passkey`, { passkey });
    },
    sendCode,
    byCode: (id, code) => api.post<ApprovalView>(`${path(id)}/give-by-code`, { code }),
    decline: (id) => api.post<ApprovalView>(`${path(id)}/decline`),
  };
}
