import { HOT_ITEM, forgetShow, hotClaims, startShow } from './bench-shows.ts';
import { interleave, perSecond, ratio, spread } from './rounds.ts';
import type { Spread } from './statistics.ts';
import type { Durability, Workbench } from './workbench.ts';

const IN_FLIGHT = 64;
const COUNTS = [1, 10, 100] as const;
type Count = `${(typeof COUNTS)[number]}`;

export type ShowsFigures = {
	/** Claims per second of all shows together, by how many shows are live at once. */
	readonly claims: Readonly<Record<Count, Spread>>;
	readonly tenVsOne: Spread;
	readonly hundredVsOne: Spread;
};

/** The same claims in one show, and dealt out to 10 and to 100 shows that are live at once. */
export async function benchShows(bench: Workbench, durability: Durability): Promise<ShowsFigures> {
	const { context, signal, workspaceId } = bench;
	await bench.setDurability(durability);
	const claims = hotClaims(bench.quick ? 3_000 : 12_000);
	const turn = async (shows: number): Promise<number> => {
		const items = { [HOT_ITEM]: Math.ceil(claims.length / shows / 2) };
		const ids: string[] = [];
		for (let show = 0; show < shows; show++) {
			ids.push(await startShow(context, workspaceId, items));
		}
		const take = async (index: number): Promise<void> => {
			const [showId, claim] = [ids[index % ids.length], claims[index]];
			if (showId && claim) await context.comments.take(showId, claim);
		};
		const figure = await perSecond(claims.length, IN_FLIGHT, take, signal);
		for (const showId of ids) await forgetShow(context, showId);
		return figure;
	};
	const figures = await interleave<Count>(
		new Map(COUNTS.map((shows) => [`${shows}`, () => turn(shows)])),
		signal
	);
	return {
		claims: {
			1: spread(figures, '1'),
			10: spread(figures, '10'),
			100: spread(figures, '100')
		},
		tenVsOne: ratio(figures, '10', '1'),
		hundredVsOne: ratio(figures, '100', '1')
	};
}
