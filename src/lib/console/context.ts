import { createContext } from 'svelte';
import type { ConsoleActions } from './actions.svelte.ts';
import type { Clock } from './clock.svelte.ts';
import type { ShowStore } from './show-store.svelte.ts';

/** What every part of the console works with. */
export type ConsoleContext = {
	readonly store: ShowStore;
	readonly actions: ConsoleActions;
	readonly clock: Clock;
	/** False for viewers: they see no action at all. */
	readonly mayOperate: boolean;
};

export const [getConsole, setConsole] = createContext<ConsoleContext>();
