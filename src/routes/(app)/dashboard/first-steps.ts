import type { ApiOutputs } from '$lib/console/api.ts';

type Dashboard = ApiOutputs['shows']['dashboard'];
type Connections = ApiOutputs['connections']['list'];

/** What a newcomer has done of the way to a first show of their own. */
export type FirstSteps = {
	readonly created: boolean;
	readonly rehearsed: boolean;
	/** Null: this server offers nothing to connect. */
	readonly connected: boolean | null;
};

/** Null once a real show has gone live: from then on nobody needs the steps. */
export function firstSteps(
	{ live, next, last, figures }: Dashboard,
	{ connections, offers }: Connections
): FirstSteps | null {
	const started = [...live, ...last];
	if (figures.shows > 0 || started.some((show) => !show.isRehearsal)) return null;
	return {
		created: next.some((show) => !show.isRehearsal),
		rehearsed: [...started, ...next].some((show) => show.isRehearsal),
		connected: offers.facebook ? connections.length > 0 : null
	};
}
