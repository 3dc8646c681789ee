import type { LiveShow } from './live-show.ts';

/** A live show that can be folded on without changing this one. Items and entries are shared: folding replaces them. */
export function copyLiveShow(show: LiveShow): LiveShow {
	const { state } = show;
	return {
		...show,
		state: {
			...state,
			items: new Map(state.items),
			channels: new Map(state.channels),
			counters: { ...state.counters }
		},
		comments: [...show.comments],
		feed: [...show.feed]
	};
}
