import { afterAll, beforeAll, expect, test } from 'vitest';
import { manualBuyer } from '../../src/lib/domain/buyer.ts';
import type { Buyer } from '../../src/lib/domain/buyer.ts';
import type { Cause, ShowEvent } from '../../src/lib/domain/events.ts';
import { planUndo } from '../../src/lib/domain/undo.ts';
import type { CommentReply, IncomingComment } from '../../src/lib/server/allocator/comment.ts';
import type { AppContext } from '../../src/lib/server/context.ts';
import { AppError } from '../../src/lib/server/errors.ts';
import type { Undoable } from '../../src/lib/server/allocator/operator-actions.ts';
import { readActionEvents } from '../../src/lib/server/history/action-events.ts';
import { readPersistedEvents } from '../../src/lib/server/history/event-log.ts';
import { ACTOR, createTestContext } from './harness.ts';
import type { TestContext } from './harness.ts';
import { expectAgreement, liveState } from './probes.ts';

const SEED = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const BATCHES = 200;
const BATCH_SIZE = 30;
const ITEMS = 8;
const BUYERS = 60;

let app: TestContext;
let other: AppContext;
beforeAll(async () => {
	app = await createTestContext();
	other = await app.another();
});
afterAll(() => app.close());

/** mulberry32: small, and the same on every machine. */
function randomSource(seed: number): (below: number) => number {
	let state = seed >>> 0;
	return (below) => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
	};
}

type Holder = { readonly claimId: string; readonly rank: number };

/** An item as a shop assistant with a sheet of paper would keep it. */
type Sheet = {
	quantity: number;
	open: boolean;
	readonly winners: Map<string, Holder>;
	readonly queue: Map<string, Holder>;
};

/**
 * Folds the log in the plainest way, knowing nothing of the product's reducer, and complains about
 * every event that breaks a rule of DESIGN §3.
 */
class Paper {
	readonly items = new Map<string, Sheet>();
	status = 'draft';
	#seq = 0;
	#epoch = '';
	/** The last event, when others of the same call may follow it. */
	#comment: (ShowEvent & { type: 'comment.received' }) | null = null;

	take(event: ShowEvent): void {
		this.#check(event.seq === this.#seq + 1, event, 'seq without gaps');
		this.#check(this.#epoch === '' || event.epoch === this.#epoch, event, 'one epoch');
		this.#check(event.id === `${event.epoch}:${event.seq}`, event, 'the id is the position');
		if (startsCall(event)) this.#checkNobodyWaitsInVain(event);
		this.#seq = event.seq;
		this.#epoch = event.epoch;
		this.#apply(event);
		for (const [number, sheet] of this.items) {
			this.#check(sheet.winners.size <= sheet.quantity, event, `winners <= quantity of ${number}`);
		}
	}

	/** Between two calls only: a release and the promotion that follows it are two events of one call. */
	#checkNobodyWaitsInVain(event: ShowEvent): void {
		for (const [number, sheet] of this.items) {
			const free = sheet.quantity - sheet.winners.size;
			this.#check(
				free === 0 || sheet.queue.size === 0,
				event,
				`somebody waits in vain for ${number}`
			);
		}
	}

	end(): void {
		for (const [number, sheet] of this.items) {
			const free = sheet.quantity - sheet.winners.size;
			if (free > 0 && sheet.queue.size > 0) throw new Error(`somebody waits in vain for ${number}`);
		}
	}

	#apply(event: ShowEvent): void {
		switch (event.type) {
			case 'comment.received':
				this.#comment = event;
				this.#judge(event);
				break;
			case 'claim.created':
				this.#create(event);
				break;
			case 'claim.promoted':
				this.#promote(event);
				break;
			case 'claim.released':
				this.#release(event);
				break;
			case 'item.updated':
				this.#item(event);
				break;
			case 'session.status':
				this.#check(event.data.previous === this.status, event, 'the status before');
				this.status = event.data.status;
				break;
			case 'channel.status':
			case 'error':
				break;
		}
	}

	/** The outcome that the table of the design gives. */
	#judge(event: ShowEvent & { type: 'comment.received' }): void {
		const { intent, item, outcome, position, platform, userId } = event.data;
		this.#check(this.status === 'active' || this.status === 'paused', event, 'only while live');
		const sheet = item === null ? undefined : this.items.get(item);
		const buyer = `${platform}:${userId}`;
		const wins = sheet?.winners.has(buyer) ?? false;
		const holds = wins || (sheet?.queue.has(buyer) ?? false);
		let expected: string;
		if (intent === null) expected = 'none';
		else if (this.status === 'paused') expected = 'not_counted';
		else if (!sheet) expected = 'item_not_found';
		else if (!sheet.open) expected = 'item_closed';
		else if (intent === 'pass') expected = holds ? 'pass' : 'no_active_claim';
		else if (holds) expected = 'duplicate_buyer';
		else expected = sheet.winners.size < sheet.quantity ? 'winner' : 'waitlist';
		this.#check(outcome === expected, event, `outcome ${expected}`);
		const place = expected === 'waitlist' ? (sheet?.queue.size ?? 0) + 1 : null;
		this.#check(position === place, event, `place ${place}`);
	}

	#create(event: ShowEvent & { type: 'claim.created' }): void {
		const { item, buyer, state, claimId, rank, cause } = event.data;
		const sheet = this.#sheet(event, item);
		this.#check(!sheet.winners.has(buyer.key), event, 'one active claim per buyer: wins already');
		this.#check(!sheet.queue.has(buyer.key), event, 'one active claim per buyer: waits already');
		this.#checkCause(event, cause);
		if (state === 'winner') {
			sheet.winners.set(buyer.key, { claimId, rank });
			return;
		}
		const ranks = [...sheet.queue.values()].map((holder) => holder.rank);
		if (cause.kind === 'comment') {
			this.#check(
				ranks.every((other) => other < rank),
				event,
				'the end of the queue'
			);
		}
		this.#check(!ranks.includes(rank), event, 'a place of one’s own');
		sheet.queue.set(buyer.key, { claimId, rank });
	}

	#promote(event: ShowEvent & { type: 'claim.promoted' }): void {
		const { item, buyer, claimId, cause } = event.data;
		const sheet = this.#sheet(event, item);
		const waiting = sheet.queue.get(buyer.key);
		this.#check(waiting?.claimId === claimId, event, 'it waited');
		this.#checkCause(event, cause);
		const chosen = cause.kind === 'operator' && ['award', 'reassign'].includes(cause.action);
		if (!chosen) {
			const first = Math.min(...[...sheet.queue.values()].map(({ rank }) => rank));
			this.#check(waiting?.rank === first, event, 'promotion in queue order');
		}
		sheet.queue.delete(buyer.key);
		if (waiting) sheet.winners.set(buyer.key, waiting);
	}

	#release(event: ShowEvent & { type: 'claim.released' }): void {
		const { item, buyer, claimId, from, cause } = event.data;
		const sheet = this.#sheet(event, item);
		const list = from === 'winner' ? sheet.winners : sheet.queue;
		this.#check(list.get(buyer.key)?.claimId === claimId, event, 'it was held');
		this.#checkCause(event, cause);
		list.delete(buyer.key);
	}

	#item(event: ShowEvent & { type: 'item.updated' }): void {
		const { action, item } = event.data;
		const sheet = this.items.get(item.number);
		if (action === 'added') {
			this.#check(!sheet, event, 'a number is given once');
			this.items.set(item.number, {
				quantity: item.quantity,
				open: true,
				winners: new Map(),
				queue: new Map()
			});
			return;
		}
		if (!sheet) return this.#check(false, event, 'the item is there');
		if (action === 'removed') {
			this.#check(sheet.winners.size + sheet.queue.size === 0, event, 'nobody holds or waits');
			this.items.delete(item.number);
			return;
		}
		this.#check(action === 'quantity' || item.quantity === sheet.quantity, event, 'the quantity');
		sheet.quantity = item.quantity;
		sheet.open = item.state === 'open';
	}

	/** The events of a comment follow it directly. */
	#checkCause(event: ShowEvent, cause: Cause): void {
		if (cause.kind !== 'comment') return;
		const { platform, commentId } = this.#comment?.data ?? {};
		this.#check(
			cause.commentKey === `${platform}:${commentId}`,
			event,
			'its comment stands before it'
		);
	}

	#sheet(event: ShowEvent, number: string): Sheet {
		const sheet = this.items.get(number);
		if (!sheet) throw new Error(`${event.id} ${event.type}: there is no item ${number}`);
		return sheet;
	}

	#check(holds: boolean, event: ShowEvent, rule: string): void {
		if (!holds) throw new Error(`SEED=${SEED}: event ${JSON.stringify(event)} breaks: ${rule}`);
	}
}

function actionOf(cause: Cause): string {
	return cause.kind === 'comment' ? 'comment' : cause.action;
}

/** Whether the event is the first one of a script call. */
function startsCall(event: ShowEvent): boolean {
	switch (event.type) {
		case 'claim.created':
		case 'claim.promoted':
		case 'claim.released':
			return event.data.cause.kind === 'operator' && event.data.cause.seq === event.seq;
		case 'item.updated':
			return event.data.cause?.kind !== 'operator' || event.data.cause.seq === event.seq;
		default:
			return true;
	}
}

test(`thousands of random operations keep every rule at every event, and log, Redis and Postgres agree (SEED=${SEED})`, async () => {
	console.log(`random-operations: SEED=${SEED}`);
	const random = randomSource(SEED);
	const pick = <Value>(list: readonly Value[]): Value => {
		const value = list[random(list.length)];
		if (value === undefined) throw new Error('nothing to pick from');
		return value;
	};
	const chance = (percent: number): boolean => random(100) < percent;
	const number = (): string => String(1 + random(ITEMS + 1));
	const user = (): string => `u${random(BUYERS)}`;
	const person = (): Buyer =>
		chance(30)
			? manualBuyer(`Walk In ${random(5)}`)
			: {
					key: `facebook:${user()}`,
					platform: 'facebook',
					userId: '',
					handle: '@x',
					displayName: null
				};
	const viewer = (): Buyer => {
		const buyer = person();
		return { ...buyer, userId: buyer.key.slice(buyer.platform.length + 1) };
	};
	const words: [string, string][] = [
		['sold', 'pass'],
		['mine', 'skip']
	];

	const showId = await app.show({ '1': 1, '2': 2, '3': 0, '4': 5, '5': 1, '6': 30, '7': 1 });
	const sent: IncomingComment[] = [];
	const firstResults = new Map<string, CommentReply>();
	const undoable: Undoable[] = [];
	const refused = new Map<string, number>();
	let comments = 0;
	let replays = 0;

	/** Who holds and waits before the batch: what aims at nobody would mostly be refused. */
	let held: { readonly item: string; readonly buyer: Buyer }[] = [];

	/** The show's words before the batch; now and then somebody uses the others. */
	let heard: [string, string] = ['sold', 'pass'];
	const spoken = (): [string, string] => (chance(90) ? heard : pick(words));

	async function look(): Promise<void> {
		const { items, settings } = await liveState(app, showId);
		heard = [settings.claimWord, settings.passWord];
		held = [...items.values()].flatMap((item) =>
			[...item.winners, ...item.winners, ...item.waitlist].map(({ buyer }) => ({
				item: item.number,
				buyer
			}))
		);
	}

	function chosenFor(item: string): Buyer {
		const others = held.filter((holder) => holder.item === item);
		return others.length > 0 && chance(60) ? pick(others).buyer : viewer();
	}

	function newPass(): IncomingComment {
		const { item, buyer } = pick(held);
		return {
			platform: buyer.platform,
			liveId: 'L',
			commentId: `c${comments++}`,
			userId: buyer.userId,
			userHandle: '@x',
			text: `${spoken()[1]} ${item}`
		};
	}

	function newComment(): IncomingComment {
		const [claimWord, passWord] = spoken();
		const text = pick([
			`${claimWord} ${number()}`,
			`${claimWord.toUpperCase()}${number()}!!`,
			`${number()} ${claimWord}`,
			`${claimWord} #00${number()}`,
			`${passWord} ${number()}`,
			'so pretty 😍',
			`is ${number()} still there?`
		]);
		const platform = chance(15) ? 'instagram' : 'facebook';
		const comment: IncomingComment = {
			platform,
			liveId: 'L',
			commentId: `c${comments++}`,
			userId: user(),
			userHandle: '@x',
			text
		};
		return comment;
	}

	async function speak(process: AppContext, comment: IncomingComment): Promise<void> {
		const key = `${comment.platform}:${comment.commentId}`;
		const reply = await process.comments.take(showId, comment);
		if (reply.replay) {
			replays++;
			return;
		}
		if (firstResults.has(key)) throw new Error(`SEED=${SEED}: ${key} counted twice`);
		firstResults.set(key, reply);
	}

	async function remember(action: Promise<Undoable | null>): Promise<void> {
		const done = await action;
		if (done) undoable.push(done);
	}

	async function undo(process: AppContext): Promise<void> {
		const action = undoable[undoable.length - 1 - random(Math.min(3, undoable.length))];
		if (!action) return;
		const plan = planUndo(await readActionEvents(process.redis, process.db, showId, action));
		if (plan) await remember(process.actions.undo(showId, plan, ACTOR));
	}

	async function operate(process: AppContext): Promise<void> {
		const { actions } = process;
		const item = number();
		const someone = held.length > 0 && chance(70) ? pick(held) : { item, buyer: viewer() };
		const target = { item: someone.item, buyerKey: someone.buyer.key };
		switch (random(14)) {
			case 0:
				return await remember(actions.release(showId, target, ACTOR));
			case 1:
				return await remember(actions.award(showId, item, viewer(), ACTOR));
			case 2:
				return await remember(actions.reassign(showId, target, chosenFor(target.item), ACTOR));
			case 3:
			case 4:
				return await remember(actions.setQuantity(showId, item, random(8), ACTOR));
			case 5:
				return await actions.closeItem(showId, item, ACTOR);
			case 6:
			case 7:
			case 8:
				return await actions.openItem(showId, item, ACTOR);
			case 9:
				return await actions.removeItem(showId, item, ACTOR);
			case 10:
				await actions.addItem(
					showId,
					{ number: item, title: `T${item}`, quantity: random(4) },
					ACTOR
				);
				return;
			case 11:
				return await undo(process);
			case 12:
				return await actions.showItem(showId, chance(30) ? null : item, ACTOR);
			default: {
				const [claimWord, passWord] = pick(words);
				return await actions.editShow(showId, { name: 'Random', claimWord, passWord }, ACTOR);
			}
		}
	}

	for (let batch = 0; batch < BATCHES; batch++) {
		await look();
		const work: (() => Promise<void>)[] = [];
		if (chance(8)) work.push(() => app.actions.changeStatus(showId, 'paused', ACTOR));
		if (chance(60)) work.push(() => app.actions.changeStatus(showId, 'resumed', ACTOR));
		while (work.length < BATCH_SIZE) {
			const process = chance(50) ? app : other;
			if (chance(18)) {
				work.push(() => operate(process));
			} else if (sent.length > 0 && chance(15)) {
				// An old comment once more, or one of this batch a second time.
				const again = sent[sent.length - 1 - random(Math.min(200, sent.length))];
				if (again) work.push(() => speak(process, again));
			} else {
				const comment = held.length > 0 && chance(30) ? newPass() : newComment();
				sent.push(comment);
				work.push(() => speak(process, comment));
			}
		}
		// Delivered in any order.
		for (let index = work.length - 1; index > 0; index--) {
			const swap = random(index + 1);
			const [one, two] = [work[index], work[swap]];
			if (one && two) [work[index], work[swap]] = [two, one];
		}
		await Promise.all(
			work.map(async (run) => {
				try {
					await run();
				} catch (error) {
					if (!(error instanceof AppError) || error.code === 'UNAVAILABLE') throw error;
					refused.set(error.code, (refused.get(error.code) ?? 0) + 1);
				}
			})
		);
	}

	expectAgreement(await app.settle(showId));
	const { seq } = await liveState(app, showId);
	const log = await readPersistedEvents(app.db, showId, 1, seq + 1);
	expect(log).toHaveLength(seq);
	const paper = new Paper();
	for (const event of log) paper.take(event);
	paper.end();

	// The paper says the same as Redis.
	const state = await liveState(app, showId);
	expect([...paper.items.keys()].toSorted()).toEqual([...state.items.keys()].toSorted());
	for (const [itemNumber, sheet] of paper.items) {
		const item = state.items.get(itemNumber);
		const queue = [...sheet.queue].toSorted(([, a], [, b]) => a.rank - b.rank);
		expect(item?.quantity).toBe(sheet.quantity);
		expect(item?.winners.map(({ buyer }) => buyer.key).toSorted()).toEqual(
			[...sheet.winners.keys()].toSorted()
		);
		expect(item?.waitlist.map(({ buyer }) => buyer.key)).toEqual(queue.map(([key]) => key));
	}

	// Each comment is in the log once, with the result that its sender was told.
	const logged = log.filter((event) => event.type === 'comment.received');
	expect(logged.length).toBe(firstResults.size);
	for (const { seq: at, data } of logged) {
		const told = firstResults.get(`${data.platform}:${data.commentId}`);
		const { outcome, item, claimId, position } = data;
		expect(told).toMatchObject({ seq: at, outcome, item, claimId, position });
	}

	// The run was worth something.
	const outcomes = new Set(logged.map(({ data }) => data.outcome));
	expect(outcomes.size, [...outcomes].join()).toBe(9);
	expect(replays).toBeGreaterThan(100);
	const changes = log.filter((event) => event.type === 'claim.promoted');
	expect(new Set(changes.map(({ data }) => actionOf(data.cause))).size).toBeGreaterThan(2);
	expect(changes.length).toBeGreaterThan(50);
	expect(refused.size, [...refused].join()).toBeGreaterThan(4);
});
