import { createContext } from 'svelte';
import type { ApiClient } from '../console/api.ts';
import type { ShowStore } from '../console/show-store.svelte.ts';
import type { Calls } from './calls.svelte.ts';

/** What every part of the setup page works with. */
export type SetupContext = {
	/** The show as it is now, on every page that has it open. */
	readonly store: ShowStore;
	readonly calls: Calls;
	/** Browser only. */
	readonly client: () => ApiClient;
};

export const [getSetup, setSetup] = createContext<SetupContext>();
