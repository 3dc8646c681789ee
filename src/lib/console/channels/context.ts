import { createContext } from 'svelte';
import type { Clock } from '../clock.svelte.ts';
import type { ShowStore } from '../show-store.svelte.ts';
import type { ShowChannels } from './show-channels.svelte.ts';

/** What every view of a show's channels works with. */
export type ChannelsContext = {
	readonly channels: ShowChannels;
	/** The show's state says how each channel stands. */
	readonly store: ShowStore;
	readonly clock: Clock;
	/** False for viewers: they see no action at all. */
	readonly mayOperate: boolean;
};

export const [getChannels, setChannels] = createContext<ChannelsContext>();
