import type { ReplaySession } from './replay-session.svelte.ts';

type Moves = Pick<
	ReplaySession,
	'step' | 'minutes' | 'seek' | 'goTo' | 'from' | 'overview' | 'play' | 'pause' | 'isPlaying'
>;

const MOVES: Record<string, (session: Moves) => unknown> = {
	ArrowRight: (session) => session.step(1),
	ArrowUp: (session) => session.step(1),
	ArrowLeft: (session) => session.step(-1),
	ArrowDown: (session) => session.step(-1),
	PageUp: (session) => session.minutes(1),
	PageDown: (session) => session.minutes(-1),
	Home: (session) => session.seek(session.from),
	End: (session) => session.goTo(session.overview.lastSeq),
	' ': (session) => (session.isPlaying ? session.pause() : session.play())
};

/** Moves by a key of the slider: arrows by an event, Page Up and Down by a minute; the space bar plays. */
export function moveByKey(event: KeyboardEvent, session: Moves): void {
	if (event.ctrlKey || event.metaKey || event.altKey) return;
	const move = MOVES[event.key];
	if (!move) return;
	event.preventDefault();
	move(session);
}
