import { toast } from 'svelte-sonner';
import { ShowChannels } from './channels/show-channels.svelte.ts';
import type { Buyer } from '../domain/buyer.ts';
import type { ShowEvent } from '../domain/events.ts';
import type { ShowSnapshot } from '../domain/live-show.ts';
import { ConsoleActions } from './actions.svelte.ts';
import type { Done } from './actions.svelte.ts';
import { createApi } from './api.ts';
import type { Api, ApiOutputs } from './api.ts';
import { toBuyerInput } from './buyer-choices.ts';
import { Clock } from './clock.svelte.ts';
import type { ShowCommand } from './command.ts';
import type { ConsoleContext } from './context.ts';
import { soundOf } from './event-sound.ts';
import { EventTap } from './event-tap.ts';
import { HostNews } from './host-news.svelte.ts';
import type { HistoryPage } from './item-history.svelte.ts';
import { liveSubscription } from './live-subscription.ts';
import { stepItem } from './next-item.ts';
import type { OlderLines } from './older-lines.ts';
import { createFrameScheduler } from './scheduler.ts';
import { ShowStore } from './show-store.svelte.ts';
import { SignalSettings } from './signal-settings.svelte.ts';
import { Sounds } from './sounds.ts';
import type { Deed } from './suggestions.ts';
import { ActionEnds } from './undo.ts';
import { UndoHistory } from './undo-history.svelte.ts';
import UndoToast from './UndoToast.svelte';

export type ConsoleStart = {
	readonly show: ApiOutputs['shows']['get'];
	readonly snapshot: ShowSnapshot;
	/** The server's clock when it made the page, epoch ms. */
	readonly serverNow: number;
	readonly mayOperate: boolean;
	readonly memberId: string;
	/** Whether this show's consoles sound until their operator chooses. */
	readonly soundsOn: boolean;
};

const UNDO_TOAST_MS = 10_000;
const OLDER_PAGE = 100;
/** Older events make no sound: they are caught up with after a lost connection. */
const AUDIBLE_MS = 5_000;

/** An open console: the show, what this operator does to it, and what they are told. */
export class ConsoleSession implements ConsoleContext {
	readonly store: ShowStore;
	readonly actions: ConsoleActions;
	readonly channels: ShowChannels;
	readonly clock: Clock;
	readonly mayOperate: boolean;
	readonly signals: SignalSettings;
	readonly sounds = new Sounds();
	readonly news = new HostNews();
	readonly undo: UndoHistory;
	readonly older: OlderLines;
	readonly #ends = new ActionEnds();
	readonly #tap = new EventTap();
	#api: Api | null = null;
	/** When the show started and ended, epoch ms. */
	startedAt = $state<number | null>(null);
	endedAt = $state<number | null>(null);
	/** Number of the item whose details are open. */
	selected = $state<string | null>(null);

	constructor({ show, snapshot, serverNow, mayOperate, memberId, soundsOn }: ConsoleStart) {
		this.mayOperate = mayOperate;
		this.clock = new Clock(serverNow);
		this.signals = new SignalSettings(memberId, soundsOn);
		this.startedAt = show.startedAt === null ? null : Date.parse(show.startedAt);
		this.endedAt = show.endedAt === null ? null : Date.parse(show.endedAt);
		this.store = new ShowStore(snapshot, {
			schedule: createFrameScheduler(),
			onEvents: (events) => this.#hear(events)
		});
		this.channels = new ShowChannels(snapshot.showId, () => this.#connected().client);
		this.actions = new ConsoleActions(snapshot.showId, {
			client: () => this.#connected().client,
			onFailure: (message) => toast.error(message),
			onDone: (done) => this.#tell(done)
		});
		this.undo = new UndoHistory(this.store, this.actions, this.#ends);
		this.older = {
			comments: async ({ text, platform }, cursor) => {
				const page = await this.#connected().client.comments.list.query({
					...{ showId: this.store.showId, limit: OLDER_PAGE, cursor, platform },
					search: text
				});
				return { lines: page.comments, nextCursor: page.nextCursor };
			},
			feed: async (cursor) => {
				const { showId } = this.store;
				const page = await this.#connected().client.claims.feed.query({
					...{ showId, cursor, limit: OLDER_PAGE }
				});
				return page;
			}
		};
	}

	readonly openItem = (number: string): void => {
		if (this.store.item(number)) this.selected = number;
		else toast.error(`There is no item ${number} in this show.`);
	};

	readonly searchBuyers = async (text: string): Promise<readonly Buyer[]> => {
		const { showId } = this.store;
		// Those who commented lately are offered anyway.
		return await this.#connected()
			.client.comments.authors.query({ showId, search: text })
			.catch(() => []);
	};

	readonly loadItemHistory = async (
		number: string,
		cursor: string | null
	): Promise<HistoryPage> => {
		const { showId } = this.store;
		return await this.#connected().client.items.history.query({ showId, number, cursor });
	};

	readonly follow: ConsoleContext['follow'] = (hear) => this.#tap.follow(hear);

	/** Shows the item after or before the one that is shown. */
	step(by: 1 | -1): void {
		const target = stepItem(this.store.items, this.store.state.showing, by);
		if (target) void this.actions.setShowing(target.number);
		else toast.info(by === 1 ? 'That was the last item.' : 'That was the first item.');
	}

	/** Takes the latest action back, or says why not. */
	undoLast(): void {
		const { last } = this.undo;
		if (!last) {
			toast.info('There is nothing to undo.');
			return;
		}
		const blocked = this.undo.blocked(last);
		if (blocked === null) void this.undo.undo(last);
		else toast.info(`Can’t be undone: ${last.text}`, { description: blocked });
	}

	/** Does what was chosen in the command bar; `help`, `end` and `channels` belong to the page. */
	carryOut(deed: Deed): void {
		const item = 'item' in deed ? this.store.item(deed.item) : undefined;
		switch (deed.kind) {
			case 'jump':
				return this.openItem(deed.item);
			case 'add':
				return void this.actions.addItem(deed.draft);
			case 'award':
				return void this.actions.award(deed.item, toBuyerInput(deed.buyer));
			case 'show':
				return void this.actions.setShowing(deed.item);
			case 'quantity':
				return void (item && this.actions.setQuantity(item, deed.quantity));
			case 'open':
			case 'close':
				return void this.actions.setOpen(deed.item, deed.kind === 'open');
			case 'show_command':
				return this.#command(deed.command);
			default:
				return deed satisfies never;
		}
	}

	/** Follows the show until the returned function is called. Browser only. */
	start(): () => void {
		const stopClock = this.clock.start();
		this.signals.restore();
		this.store.connect(liveSubscription(this.#connected(), this.store.showId));
		void this.channels.refresh();
		return () => {
			stopClock();
			this.store.destroy();
			this.sounds.close();
			this.#api?.close();
		};
	}

	reconnect(): void {
		this.#api?.reconnect();
	}

	#command(command: ShowCommand): void {
		if (command === 'undo') this.undoLast();
		else if (command === 'next') this.step(1);
		else if (command !== 'help' && command !== 'end' && command !== 'channels') {
			void this.actions.changeStatus(command);
		}
	}

	#connected(): Api {
		return (this.#api ??= createApi(location.origin));
	}

	#hear(events: readonly ShowEvent[]): void {
		this.#ends.hear(events);
		this.#tap.hear(events);
		this.news.hear(events, this.clock.now);
		// Another console, or a broadcast that began by itself, may have added the channel.
		if (events.some((event) => event.type === 'channel.status')) void this.channels.refresh();
		for (const event of events) {
			if (event.type === 'session.status') {
				if (event.data.action === 'activated') this.startedAt = event.at;
				if (event.data.action === 'ended') this.endedAt = event.at;
				if (event.data.action === 'reopened') this.endedAt = null;
			}
			const sound = soundOf(event);
			const audible = sound !== null && this.clock.now - event.at < AUDIBLE_MS;
			if (audible && this.signals.isOn(sound)) this.sounds.play(sound);
		}
	}

	#tell({ text, back }: Done): void {
		if (back === null) {
			toast.success(text);
			return;
		}
		const entry = this.undo.remember({ text, back });
		toast.custom(UndoToast, {
			componentProps: { entry, history: this.undo },
			duration: UNDO_TOAST_MS,
			class: 'w-full sm:w-(--width)'
		});
	}
}
