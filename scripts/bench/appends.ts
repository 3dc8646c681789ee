import { HOT_ITEM, forgetShow, hotClaims, startShow } from './bench-shows.ts';
import { interleave, perSecond, ratio, spread } from './rounds.ts';
import type { Spread } from './statistics.ts';
import type { AofMode, Workbench } from './workbench.ts';

const IN_FLIGHT = 64;
const MODES = ['none', 'everysec', 'always'] as const satisfies readonly AofMode[];

export type AppendFigures = {
	/** Claims per second on one hot item, by how Redis keeps its append-only file. */
	readonly claims: Readonly<Record<AofMode, Spread>>;
	readonly everysecVsNone: Spread;
	readonly alwaysVsNone: Spread;
};

/** What durability costs: claims through the allocator without a file, flushed each second, and always. */
export async function benchAppends(bench: Workbench): Promise<AppendFigures> {
	const { context, signal, workspaceId } = bench;
	const claims = hotClaims(bench.quick ? 3_000 : 12_000);
	const figures = await interleave<AofMode>(
		new Map(
			MODES.map((mode) => [
				mode,
				async () => {
					await bench.setAof(mode);
					const items = { [HOT_ITEM]: claims.length >> 1 };
					const showId = await startShow(context, workspaceId, items);
					const take = async (index: number): Promise<void> => {
						const claim = claims[index];
						if (claim) await context.comments.take(showId, claim);
					};
					const figure = await perSecond(claims.length, IN_FLIGHT, take, signal);
					await forgetShow(context, showId);
					return figure;
				}
			])
		),
		signal
	);
	return {
		claims: {
			none: spread(figures, 'none'),
			everysec: spread(figures, 'everysec'),
			always: spread(figures, 'always')
		},
		everysecVsNone: ratio(figures, 'everysec', 'none'),
		alwaysVsNone: ratio(figures, 'always', 'none')
	};
}
