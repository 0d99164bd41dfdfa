/** Text, voice or video? The same interaction goes on over another channel. */
import { Icon } from "../../shared/icon.tsx";
import type { Channel } from "../../sdk/types.ts";
import type { Case } from "../state/case.ts";
import { readable } from "../state/facts.ts";

const CHANNELS: readonly Channel[] = ["text", "voice", "video"];

export function ChannelSwitch({ one }: { one: Case }) {
  const now = one.interaction.value.channel;
  return (
    <div class="channels push" role="group" aria-label="Channel">
      {CHANNELS.map((channel) => (
        <button type="button" key={channel} aria-pressed={channel === now} aria-busy={one.commands.doing.value === `channel-${channel}`}
          data-testid={`channel-${channel}`} onClick={() => { if (channel !== now) void one.setChannel(channel); }}>
          <Icon name={channel} />{readable(channel)}
        </button>
      ))}
    </div>
  );
}
