import { createApi } from '../console/api.ts';
import type { Api, ApiClient } from '../console/api.ts';
import { liveSubscription } from '../console/live-subscription.ts';
import { createFrameScheduler } from '../console/scheduler.ts';
import { ShowStore } from '../console/show-store.svelte.ts';
import type { ShowSnapshot } from '../domain/live-show.ts';

/** These pages show no list of comments or claims. */
const LIST_LIMIT = 1;

/**
 * A show that a page other than the console follows: it starts from what the server sent and stays what
 * every console sees. `start` is for `onMount`.
 */
export class FollowedShow {
	readonly store: ShowStore;
	#api: Api | null = null;

	constructor(snapshot: ShowSnapshot) {
		this.store = new ShowStore(snapshot, { schedule: createFrameScheduler(), limit: LIST_LIMIT });
	}

	/** Browser only. */
	get client(): ApiClient {
		return this.#connected().client;
	}

	/** Follows the show until the returned function is called. Browser only. */
	readonly start = (): (() => void) => {
		const api = this.#connected();
		const onOnline = () => api.reconnect();
		const onOffline = () => {
			this.store.networkLost();
			api.reconnect();
		};
		window.addEventListener('online', onOnline);
		window.addEventListener('offline', onOffline);
		this.store.connect(liveSubscription(api, this.store.showId));
		return () => {
			window.removeEventListener('online', onOnline);
			window.removeEventListener('offline', onOffline);
			this.store.destroy();
			api.close();
		};
	};

	#connected(): Api {
		return (this.#api ??= createApi(location.origin));
	}
}
