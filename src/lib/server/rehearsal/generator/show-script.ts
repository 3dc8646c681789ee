import { Random } from './random.ts';

/** An item and the moment the host holds it up. */
export type ScriptItem = {
	number: string;
	title: string;
	quantity: number;
	shownAtMs: number;
	/** How much the crowd wants it, 1 being usual. */
	hype: number;
	/** Set for an item that an `add` cue brings into the show; it is not in the header. */
	addedMidShow?: boolean;
};

/**
 * What the operator does, by role rather than by name: whoever wins is known only while the show
 * is written. A cue whose role nobody fills falls back on someone it will be refused for.
 */
export type OperatorAction =
	| { do: 'release'; item: string; who: 'winner' | 'waiting' | 'stranger' }
	| { do: 'award'; item: string; to: 'viewer' | 'winner' | 'waiting' }
	| { do: 'award'; item: string; to: 'walk_in'; handle: string }
	| { do: 'quantity'; item: string; quantity: number | 'one_more' | 'below_claimed' }
	| { do: 'add'; item: string; title: string; quantity: number };

/** An operator's action and its moment. */
export type OperatorCue = { atMs: number } & OperatorAction;

/** Everything that decides a show. The same script gives the same file, to the byte. */
export type ShowScript = {
	name: string;
	seed: number;
	/** Distinct comments; a few of them are delivered more than once on top. */
	comments: number;
	buyers: number;
	platforms: readonly string[];
	durationMs: number;
	/** In the order they are shown. */
	items: readonly ScriptItem[];
	pauses: readonly { fromMs: number; toMs: number }[];
	operator: readonly OperatorCue[];
};

/** What a caller chooses about a made-up show. */
export type ShowSize = {
	comments: number;
	items: number;
	minutes: number;
	seed: number;
	platforms: readonly string[];
	buyers: number;
};

const STYLES = [
	'Linen',
	'Hand-dyed',
	'Vintage',
	'Embroidered',
	'Striped',
	'Quilted',
	'Pleated',
	'Crochet',
	'Velvet',
	'Speckled',
	'Oversized',
	'Block-print'
];
const THINGS = [
	'wrap dress',
	'blouse',
	'tote bag',
	'cardigan',
	'midi skirt',
	'cushion cover',
	'scarf',
	'kimono jacket',
	'mug set',
	'table runner',
	'hair bow',
	'pinafore'
];
const COLOURS = ['sage', 'rust', 'oatmeal', 'navy', 'blush', 'mustard', 'ivory', 'plum'];
const WALK_INS = ['Walk-in Rosa', 'Walk-in Tomás', 'Mrs Abernathy', 'Lady in the red coat'];

/** Makes up a script of the wished size: items in a steady row, one pause, operators at work. */
export function inventScript(size: ShowSize): ShowScript {
	const random = new Random(size.seed);
	const durationMs = Math.round(size.minutes * 60_000);
	const pause = {
		fromMs: Math.floor(durationMs * 0.45),
		toMs: Math.floor(durationMs * 0.45) + Math.min(20_000, Math.floor(durationMs * 0.05))
	};
	const items = inventItems(random, size.items, durationMs, pause);
	return {
		name: `Rehearsal ${size.seed}`,
		seed: size.seed,
		comments: size.comments,
		buyers: size.buyers,
		platforms: size.platforms,
		durationMs,
		items,
		pauses: [pause],
		operator: inventCues(random, items, durationMs, pause)
	};
}

function inventItems(
	random: Random,
	count: number,
	durationMs: number,
	pause: { fromMs: number; toMs: number }
): ScriptItem[] {
	const pauseMs = pause.toMs - pause.fromMs;
	const slotMs = (durationMs - pauseMs) / (count + 1);
	// Every fifteenth item joins the show on the way.
	return Array.from({ length: count }, (_, index) => {
		const onAirMs = Math.floor(slotMs * (index + 0.1 + random.next() * 0.3));
		return {
			number: String(index + 1),
			title: `${random.pick(STYLES)} ${random.pick(THINGS)}, ${random.pick(COLOURS)}`,
			quantity: random.weighted([
				[5, 1],
				[4, 2],
				[3, 3],
				[2, 4],
				[2, 5]
			]),
			shownAtMs: onAirMs < pause.fromMs ? onAirMs : onAirMs + pauseMs,
			hype: random.weighted([
				[3, 0.3],
				[5, 1],
				[2, 2.5],
				[1, 5]
			]),
			addedMidShow: index > 0 && index % 15 === 14
		};
	});
}

function inventCues(
	random: Random,
	items: readonly ScriptItem[],
	durationMs: number,
	pause: { fromMs: number; toMs: number }
): OperatorCue[] {
	const cues: OperatorCue[] = [];
	const add = (atMs: number, action: OperatorAction) => {
		// Operators wait for the host, too.
		const paused = atMs >= pause.fromMs && atMs <= pause.toMs;
		const bounded = Math.min(Math.max(0, paused ? pause.toMs + 1 : atMs), durationMs - 1);
		cues.push({ atMs: bounded, ...action });
	};
	for (const [index, item] of items.entries()) {
		const { number, title, quantity, shownAtMs } = item;
		if (item.addedMidShow) add(shownAtMs - 4_000, { do: 'add', item: number, title, quantity });
		const laterMs = shownAtMs + 10_000 + random.int(0, 20_000);
		const beforeMs = shownAtMs - 1_500;
		switch (index % 12) {
			case 1:
				add(laterMs, { do: 'release', item: number, who: 'winner' });
				break;
			case 2:
				add(laterMs, { do: 'quantity', item: number, quantity: 'one_more' });
				break;
			case 3:
				add(beforeMs, {
					do: 'award',
					item: number,
					to: 'walk_in',
					handle: random.pick(WALK_INS)
				});
				break;
			case 4:
				add(laterMs, { do: 'quantity', item: number, quantity: 'below_claimed' });
				break;
			case 5:
				add(laterMs, { do: 'release', item: number, who: 'waiting' });
				break;
			case 6:
				add(beforeMs, { do: 'award', item: number, to: 'viewer' });
				break;
			case 7:
				add(laterMs, { do: 'award', item: number, to: 'waiting' });
				break;
			case 8:
				add(beforeMs, { do: 'quantity', item: number, quantity: Math.max(1, quantity - 1) });
				break;
			case 9:
				add(laterMs, { do: 'release', item: number, who: 'stranger' });
				break;
			case 10:
				add(laterMs, { do: 'add', item: number, title, quantity });
				break;
			case 11:
				add(laterMs, { do: 'award', item: number, to: 'winner' });
				break;
		}
	}
	return cues;
}
