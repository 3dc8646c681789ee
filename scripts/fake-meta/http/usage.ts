import type { Parts } from '../parts.ts';
import type { Call } from './call.ts';

type Percentages = {
	readonly call_count: number;
	readonly total_time: number;
	readonly total_cputime: number;
};

/** Whom a business use case header speaks of: the page or the Instagram account of the call. */
export type UsageSubject = { readonly id: string; readonly type: 'pages' | 'instagram' };

const INSTAGRAM_ENDPOINTS = new Set(['instagram_account', 'live_media', 'media', 'media_comments']);

/** Who the call's token speaks for. */
export function usageSubject(parts: Parts, call: Call): UsageSubject {
	const token = parts.tokens.find(call.bearer ?? call.query.get('access_token') ?? '');
	const page = parts.world.pages.get(token?.pageId ?? '');
	if (INSTAGRAM_ENDPOINTS.has(call.endpoint)) {
		return { id: page?.instagram?.id ?? call.path[0] ?? '', type: 'instagram' };
	}
	return { id: page?.id ?? call.path[0] ?? '', type: 'pages' };
}

/** The `X-Business-Use-Case-Usage` header (PLATFORMS 1.9); `etaMinutes` are minutes. */
export function businessHeader(
	{ id, type }: UsageSubject,
	percent: Percentages,
	etaMinutes: number
): Record<string, string> {
	const entry = { type, ...percent, estimated_time_to_regain_access: etaMinutes };
	return { 'X-Business-Use-Case-Usage': JSON.stringify({ [id]: [entry] }) };
}

/** The usage headers that the knobs ask for: none before enough calls were made. */
export function usageHeaders(parts: Parts, call: Call): Record<string, string> {
	const usage = parts.knobs.values.graph.usage;
	if (!usage || parts.calls.count() <= usage.afterCalls) return {};
	return {
		...(usage.app ? { 'X-App-Usage': JSON.stringify(usage.app) } : {}),
		...(usage.page ? { 'X-Page-Usage': JSON.stringify(usage.page) } : {}),
		...(usage.business
			? businessHeader(usageSubject(parts, call), usage.business, usage.etaMinutes)
			: {})
	};
}
