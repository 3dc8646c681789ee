import { createContext } from 'svelte';
import type { ShowChannels } from './channels/show-channels.svelte.ts';
import type { Buyer } from '../domain/buyer.ts';
import type { ShowEvent } from '../domain/events.ts';
import type { ConsoleActions } from './actions.svelte.ts';
import type { Clock } from './clock.svelte.ts';
import type { HistoryPage } from './item-history.svelte.ts';
import type { OlderLines } from './older-lines.ts';
import type { ShowStore } from './show-store.svelte.ts';
import type { SignalSettings } from './signal-settings.svelte.ts';
import type { Sounds } from './sounds.ts';

/** What every part of the console works with. */
export type ConsoleContext = {
	readonly store: ShowStore;
	readonly actions: ConsoleActions;
	readonly channels: ShowChannels;
	readonly clock: Clock;
	/** False for viewers: they see no action at all. */
	readonly mayOperate: boolean;
	readonly signals: SignalSettings;
	readonly sounds: Sounds;
	/** Opens the item's details, or says that there is no such item. */
	readonly openItem: (number: string) => void;
	/** People who commented in the show; none when they can't be read. */
	readonly searchBuyers: (text: string) => Promise<readonly Buyer[]>;
	readonly loadItemHistory: (number: string, cursor: string | null) => Promise<HistoryPage>;
	/** Lines that are older than those the page holds. */
	readonly older: OlderLines;
	/** Hears of claims and items from a moment ago on, until the returned function is called. */
	readonly follow: (hear: (events: readonly ShowEvent[]) => void) => () => void;
};

export const [getConsole, setConsole] = createContext<ConsoleContext>();
