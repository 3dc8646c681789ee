import type { OperatorCue, ScriptItem, ShowScript } from './show-script.ts';

/** `m:ss` of the show in milliseconds. */
function clock(time: string): number {
	const [minutes = 0, seconds = 0] = time.split(':').map(Number);
	return Math.round((minutes * 60 + seconds) * 1000);
}

function item(
	time: string,
	number: string,
	title: string,
	quantity: number,
	hype: number
): ScriptItem {
	return { number, title, quantity, shownAtMs: clock(time), hype };
}

const SURPRISE = {
	number: '25',
	title: 'Satin slip dress, champagne (from the sample rail)',
	quantity: 2
};

const ITEMS: readonly ScriptItem[] = [
	item('0:01.2', '1', 'Linen wrap dress, sage', 3, 1.6),
	item('0:24', '2', 'Hand-thrown mug set, speckled cream', 4, 1),
	item('0:47', '3', 'Silk scarf, poppy print', 2, 0.9),
	item('1:11', '4', 'Chunky knit cardigan, oatmeal', 3, 1.3),
	item('1:36', '5', 'Wicker market basket', 5, 0.6),
	item('1:58', '6', 'Gold-plated hoop earrings', 5, 0.8),
	item('2:21', '7', 'Pleated midi skirt, rust', 2, 1.1),
	item('2:45', '8', 'Lavender soy candle', 5, 0.3),
	item('3:06', '9', 'Vintage denim jacket, one of a kind', 1, 2.8),
	item('3:32', '10', 'Ribbed cotton top, white', 4, 0.4),
	item('3:55', '11', 'Ceramic bud vases, trio', 3, 0.8),
	item('4:18', '12', 'Embroidered blouse, ivory', 2, 2.2),
	item('4:42', '13', 'Leather crossbody bag, cognac', 2, 1.5),
	// 5:00 to 5:20: the host changes outfits.
	item('5:23', '14', 'Floral maxi dress, dusk blue', 3, 3),
	item('5:48', '15', 'Wide-leg linen trousers, sand', 3, 1),
	item('6:10', '16', 'Block-print tea towels, set of three', 5, 0.4),
	item('6:32', '17', 'Merino beanie, moss', 4, 0.5),
	item('6:54', '18', 'Freshwater pearl necklace', 1, 1.4),
	item('7:17', '19', 'Olive wood serving board', 2, 0.7),
	{ ...SURPRISE, shownAtMs: clock('7:41'), hype: 1.8, addedMidShow: true },
	item('8:04', '20', 'Suede ankle boots, chestnut', 1, 1.3),
	item('8:26', '21', 'Cashmere-blend wrap, blush', 2, 1.2),
	item('8:48', '22', 'Enamel moon earrings', 5, 0.9),
	item('9:09', '23', 'Quilted jacket, terracotta', 2, 1.6),
	item('9:30', '24', 'Mystery box, ten things we love', 5, 4.4)
];

const OPERATOR: readonly OperatorCue[] = [
	{ atMs: clock('0:16'), do: 'quantity', item: '1', quantity: 4 },
	{ atMs: clock('0:40'), do: 'release', item: '2', who: 'winner' },
	{ atMs: clock('1:05'), do: 'award', item: '3', to: 'waiting' },
	{ atMs: clock('1:52'), do: 'award', item: '6', to: 'walk_in', handle: 'Rosa (shop floor)' },
	{ atMs: clock('2:33'), do: 'release', item: '7', who: 'waiting' },
	{ atMs: clock('2:40'), do: 'quantity', item: '8', quantity: 4 },
	{ atMs: clock('3:20'), do: 'quantity', item: '9', quantity: 'below_claimed' },
	{ atMs: clock('3:26'), do: 'release', item: '9', who: 'winner' },
	{ atMs: clock('3:50'), do: 'award', item: '11', to: 'viewer' },
	{ atMs: clock('4:31'), do: 'quantity', item: '12', quantity: 'one_more' },
	{ atMs: clock('4:55'), do: 'award', item: '13', to: 'winner' },
	{ atMs: clock('5:41'), do: 'release', item: '14', who: 'winner' },
	{ atMs: clock('6:05'), do: 'award', item: '16', to: 'walk_in', handle: 'Mrs Abernathy' },
	{ atMs: clock('6:20'), do: 'release', item: '15', who: 'stranger' },
	{ atMs: clock('7:09'), do: 'quantity', item: '18', quantity: 'below_claimed' },
	{
		atMs: clock('7:36'),
		do: 'add',
		item: SURPRISE.number,
		title: SURPRISE.title,
		quantity: SURPRISE.quantity
	},
	{ atMs: clock('7:55'), do: 'quantity', item: '25', quantity: 'one_more' },
	// Someone else at the desk had the same idea: refused.
	{ atMs: clock('7:56'), do: 'add', item: '25', title: 'Satin slip dress', quantity: 1 },
	{ atMs: clock('8:20'), do: 'release', item: '20', who: 'winner' },
	{ atMs: clock('8:45'), do: 'award', item: '22', to: 'viewer' },
	{ atMs: clock('9:24'), do: 'release', item: '23', who: 'waiting' },
	{ atMs: clock('9:44'), do: 'quantity', item: '24', quantity: 7 },
	{ atMs: clock('9:52'), do: 'release', item: '24', who: 'winner' }
];

/**
 * The bundled rehearsal: ten minutes of a boutique's Saturday evening on Facebook and Instagram.
 * Its file is `static/rehearsals/saturday-boutique.jsonl`; change the script, and write it again.
 */
export const SATURDAY_BOUTIQUE: ShowScript = {
	name: 'Saturday Boutique Live',
	seed: 2026,
	comments: 1800,
	buyers: 420,
	platforms: ['facebook', 'instagram'],
	durationMs: clock('10:00'),
	items: ITEMS,
	pauses: [{ fromMs: clock('5:00'), toMs: clock('5:20') }],
	operator: OPERATOR
};
