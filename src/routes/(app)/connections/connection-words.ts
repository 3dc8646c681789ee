import type { ApiOutputs } from '$lib/console/api.ts';
import { plural } from '$lib/ui/format.ts';
import type { Tone } from '$lib/ui/tone.ts';

export type ConnectionRow = ApiOutputs['connections']['list']['connections'][number];
export type MetaLogin = ConnectionRow['login'];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** How a connection stands, for its badge. `now`: epoch ms. */
export function healthBadge(
	{ health, expiresAt }: Pick<ConnectionRow, 'health' | 'expiresAt'>,
	now: number
): { readonly tone: Tone; readonly label: string } {
	switch (health) {
		case 'ok':
			return { tone: 'free', label: 'OK' };
		case 'expiring':
			return expiryBadge(expiresAt, now);
		case 'degraded':
			return { tone: 'part', label: 'Something is missing' };
		case 'needs_reauth':
			return { tone: 'sold', label: 'Needs reconnecting' };
		case 'unknown':
			return { tone: 'neutral', label: 'Not checked yet' };
	}
}

function expiryBadge(
	expiresAt: number | null,
	now: number
): { readonly tone: Tone; readonly label: string } {
	if (expiresAt === null) return { tone: 'part', label: 'Access ends soon' };
	if (expiresAt <= now) return { tone: 'sold', label: 'Access has ended' };
	const days = Math.floor((expiresAt - now) / DAY_MS);
	const label = days === 0 ? 'Access ends within a day' : `Access ends in ${plural(days, 'day')}`;
	return { tone: 'part', label };
}

/** Whether only the seller can make it work as it should, by connecting again. */
export function wantsReconnect({ health }: Pick<ConnectionRow, 'health'>): boolean {
	return health === 'expiring' || health === 'degraded' || health === 'needs_reauth';
}

/** `Checked 3 minutes ago`. `checkedAt` and `now` in epoch ms. */
export function checkedWords(checkedAt: number, now: number): string {
	const age = now - checkedAt;
	if (age < MINUTE_MS) return 'Checked just now';
	if (age < HOUR_MS) return `Checked ${plural(Math.floor(age / MINUTE_MS), 'minute')} ago`;
	if (age < 2 * DAY_MS) return `Checked ${plural(Math.floor(age / HOUR_MS), 'hour')} ago`;
	return `Checked ${plural(Math.floor(age / DAY_MS), 'day')} ago`;
}

/** What was connected, and by which login. */
export function kindWords({ platform, login }: Pick<ConnectionRow, 'platform' | 'login'>): string {
	if (platform === 'facebook') return 'Facebook Page';
	return login === 'facebook'
		? 'Instagram, through its Facebook Page'
		: 'Instagram, without a Page';
}

/** Whether the platform tells us of comments, and what it means when it does not. */
export function webhookWords({
	health,
	login,
	webhooks
}: Pick<ConnectionRow, 'health' | 'login' | 'webhooks'>): string {
	if (webhooks) return 'Webhooks on';
	if (health === 'needs_reauth') return 'Webhooks off';
	// An account without a Page has no lists that could be read instead (PLATFORMS 1.10).
	return login === 'instagram'
		? 'Webhooks off: no comments arrive'
		: 'Webhooks off: comments are fetched every few seconds';
}

/** `Demo Shop on Facebook`: names a connection where its button stands alone. */
export function nameOf({ accountName, platform }: Pick<ConnectionRow, 'accountName' | 'platform'>) {
	return `${accountName} on ${platform === 'facebook' ? 'Facebook' : 'Instagram'}`;
}
