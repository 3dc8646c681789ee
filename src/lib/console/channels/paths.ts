import { count } from '../../ui/format.ts';
import type { ChannelRow, Login } from './show-channels.svelte.ts';
import { agoWords, spanWords } from './spans.ts';

type Figures = ChannelRow['figures'];
type Path = keyof Figures['byPath'];

/** What one way of reading a broadcast has brought. */
export type PathFigure = {
	readonly path: Path;
	readonly label: string;
	readonly brought: number;
	/** Of the channel's comments, those that this way did not bring. */
	readonly missed: number;
	/** `Polling alone would have missed 3.` */
	readonly words: string;
};

const LABELS: Record<Path, string> = {
	poll: 'Polling',
	stream: 'Live stream',
	webhook: 'Webhooks'
};
const SUBJECTS: Record<Path, string> = {
	poll: 'Polling',
	stream: 'The live stream',
	webhook: 'Webhooks'
};

/**
 * The ways by which comments of the channel can come: only Facebook has streams, and Instagram Login has
 * webhooks alone. `login`: null when the connection is gone.
 */
export function pathFigures(
	{ platform, figures }: Pick<ChannelRow, 'platform' | 'figures'>,
	login: Login | null
): PathFigure[] {
	const { comments, byPath } = figures;
	const exists: Record<Path, boolean> = {
		poll: login !== 'instagram',
		stream: platform === 'facebook',
		webhook: true
	};
	const paths: readonly Path[] = ['poll', 'stream', 'webhook'];
	return paths
		.filter((path) => exists[path])
		.map((path) => {
			const brought = byPath[path];
			const missed = Math.max(0, comments - brought);
			const all = missed === comments ? 'all ' : '';
			const what = missed === 0 ? 'nothing' : all + count(missed);
			return {
				path,
				label: LABELS[path],
				brought,
				missed,
				words: `${SUBJECTS[path]} alone would have missed ${what}.`
			};
		});
}

/**
 * When the channel was polled and will be (`now` in epoch ms). Without reads there is nothing to poll;
 * a channel that is not listened to has no next poll.
 */
export function pollWords(
	{ polledAt, nextPollAt }: Pick<Figures, 'polledAt' | 'nextPollAt'>,
	{
		now,
		login,
		isOn
	}: { readonly now: number; readonly login: Login | null; readonly isOn: boolean }
): string {
	if (login === 'instagram') return 'Read by webhooks alone: this login offers nothing else.';
	const last = polledAt === null ? 'Not polled yet' : `Polled ${agoWords(polledAt, now)}`;
	if (!isOn) return `${last}.`;
	if (nextPollAt === null) return `${last}. No next poll is planned.`;
	const wait = nextPollAt - now;
	return wait < 1_000 ? `${last}, the next poll is due.` : `${last}, next in ${spanWords(wait)}.`;
}
