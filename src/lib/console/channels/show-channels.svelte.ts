import { untrack } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import { describeFailure } from '../api.ts';
import type { ApiClient, ApiOutputs } from '../api.ts';

type ChannelList = ApiOutputs['channels']['list'];
type ConnectionList = ApiOutputs['connections']['list'];

export type ChannelRow = ChannelList['channels'][number];
export type AccountLives = ApiOutputs['channels']['discover']['accounts'][number];
export type FoundLive = AccountLives['lives'][number];
export type Connection = ConnectionList['connections'][number];
export type Login = Connection['login'];

/** The call's error as it came, to be told in the words that fit the place. */
export type CallOutcome = { readonly ok: true } | { readonly ok: false; readonly error: unknown };

/** How often the list is read while somebody looks at it. */
const REFRESH_MS = 3_000;

/**
 * The channels of a show and the accounts that they can come from: what was read last, and what an
 * operator does to them. How each stands live is in the show's state. Calls in the browser only.
 */
export class ShowChannels {
	readonly #showId: string;
	readonly #client: () => ApiClient;
	readonly #running = new SvelteSet<string>();
	#list = $state.raw<ChannelList | null>(null);
	#access = $state.raw<ConnectionList | null>(null);
	#failure = $state<string | null>(null);
	#reading: Promise<void> | null = null;
	#isStale = false;

	constructor(showId: string, client: () => ApiClient) {
		this.#showId = showId;
		this.#client = client;
	}

	/** Null until they were read for the first time. */
	get rows(): readonly ChannelRow[] | null {
		return this.#list?.channels ?? null;
	}

	get intake(): ChannelList['intake'] | null {
		return this.#list?.intake ?? null;
	}

	/** Accounts whose next broadcast the show takes up by itself. */
	get watched(): readonly Connection[] {
		return this.connections.filter(({ id }) => this.isWatched(id));
	}

	get connections(): readonly Connection[] {
		return this.#access?.connections ?? [];
	}

	/** Whether this server has a Meta app at all; null until that is known. */
	get isOffered(): boolean | null {
		if (!this.#access) return null;
		const { facebook, instagram } = this.#access.offers;
		return facebook || instagram;
	}

	/** Why what is shown may be out of date; null after a good reading. */
	get failure(): string | null {
		return this.#failure;
	}

	isWatched(connectionId: string): boolean {
		return this.#list?.watched.includes(connectionId) ?? false;
	}

	row(channelId: string): ChannelRow | undefined {
		return this.#list?.channels.find(({ id }) => id === channelId);
	}

	/** The broadcast's channel, if the show has one. */
	rowOf({ platform, liveId }: Pick<FoundLive, 'platform' | 'liveId'>): ChannelRow | undefined {
		return this.#list?.channels.find((row) => row.platform === platform && row.liveId === liveId);
	}

	/** How the channel's account was connected; null when it is so no more. */
	login(row: Pick<ChannelRow, 'connectionId'>): Login | null {
		return this.connections.find(({ id }) => id === row.connectionId)?.login ?? null;
	}

	/** Whether a call about this channel, connection or broadcast is on its way. */
	isRunning(id: string): boolean {
		return this.#running.has(id);
	}

	/** Reads everything; what is held stays when that fails. A call while it reads makes it read once more. */
	async refresh(): Promise<void> {
		if (this.#reading) this.#isStale = true;
		else this.#reading = this.#readUntilFresh().finally(() => (this.#reading = null));
		await this.#reading;
	}

	/** Reads now and every few seconds while the page can be seen, until the returned function is called. */
	follow(): () => void {
		const look = () => {
			if (document.visibilityState === 'visible' && !this.#reading) void this.refresh();
		};
		untrack(look);
		const timer = setInterval(look, REFRESH_MS);
		document.addEventListener('visibilitychange', look);
		return () => {
			clearInterval(timer);
			document.removeEventListener('visibilitychange', look);
		};
	}

	/** What the workspace's accounts broadcast now. Throws as the client does. */
	async discover(): Promise<readonly AccountLives[]> {
		const { accounts } = await this.#client().channels.discover.query({ showId: this.#showId });
		return accounts;
	}

	/** Listens to a broadcast, by its id or by what was pasted. */
	add(connectionId: string, reference: string): Promise<CallOutcome> {
		return this.#run(reference, (api, showId) =>
			api.channels.add.mutate({ showId, connectionId, reference })
		);
	}

	stop(channelId: string): Promise<CallOutcome> {
		return this.#run(channelId, (api, showId) => api.channels.stop.mutate({ showId, channelId }));
	}

	restart(channelId: string): Promise<CallOutcome> {
		return this.#run(channelId, (api, showId) =>
			api.channels.restart.mutate({ showId, channelId })
		);
	}

	watch(connectionId: string, watching: boolean): Promise<CallOutcome> {
		return this.#run(connectionId, (api, showId) =>
			api.channels.watch.mutate({ showId, connectionId, watching })
		);
	}

	async #readUntilFresh(): Promise<void> {
		do {
			this.#isStale = false;
			try {
				const { channels, connections } = this.#client();
				const [list, access] = await Promise.all([
					channels.list.query({ showId: this.#showId }),
					connections.list.query()
				]);
				this.#list = list;
				this.#access = access;
				this.#failure = null;
			} catch (error) {
				this.#failure = describeFailure(error);
			}
		} while (this.#isStale);
	}

	/** Makes the call unless one about the same is on its way, then reads the list again. */
	async #run(
		id: string,
		call: (api: ApiClient, showId: string) => Promise<unknown>
	): Promise<CallOutcome> {
		if (this.#running.has(id)) return { ok: false, error: new Error('already on its way') };
		this.#running.add(id);
		try {
			await call(this.#client(), this.#showId);
			await this.refresh();
			return { ok: true };
		} catch (error) {
			return { ok: false, error };
		} finally {
			this.#running.delete(id);
		}
	}
}
