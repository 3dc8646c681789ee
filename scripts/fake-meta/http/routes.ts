import { appSubscriptions } from '../graph/app-subscriptions-edge.ts';
import { readComments } from '../graph/comments-edge.ts';
import { debugToken } from '../graph/debug-token.ts';
import { readLiveMedia, readMediaComments } from '../graph/instagram-edges.ts';
import { readLiveVideos } from '../graph/live-videos.ts';
import { endpointOf } from '../graph/lookup.ts';
import { readAccounts, readMe, readPermissions, revokePermissions } from '../graph/me.ts';
import { readInstagramLoginNode, readNode, readNodes } from '../graph/nodes.ts';
import { instagramSubscription, pageSubscription } from '../graph/subscribed-apps.ts';
import { answerFacebookDialog, showFacebookDialog } from '../oauth/facebook-dialog.ts';
import { answerInstagramDialog, showInstagramDialog } from '../oauth/instagram-dialog.ts';
import {
	exchangeInstagramCode,
	exchangeInstagramToken,
	refreshInstagramToken
} from '../oauth/instagram-tokens.ts';
import { exchangeToken } from '../oauth/token-endpoint.ts';
import type { Parts } from '../parts.ts';
import type { LiveCommentStreams } from '../streams/live-comments.ts';
import type { AppSubscriptions } from '../webhooks/app-subscription.ts';
import type { Call, Reply } from './call.ts';
import type { Endpoint } from './calls.ts';

/** What answers a call; null when the response is written already. */
export type Handler = () => Reply | null | Promise<Reply>;
export type Matched = { readonly endpoint: Endpoint; readonly handle: Handler };

type Route = {
	/** `METHOD host/path`; `:id` stands for one segment. */
	readonly pattern: string;
	readonly endpoint: Endpoint | ((call: Call) => Endpoint);
	readonly handle: (call: Call) => Reply | null | Promise<Reply>;
};

/** Everything that Meta's hosts answer here. */
export function metaRoutes(
	parts: Parts,
	streams: LiveCommentStreams,
	subscriptions: AppSubscriptions
): (call: Call) => Matched | null {
	const node = (call: Call): Endpoint => endpointOf(parts.world, call.path[0] ?? '');
	const with_ =
		(handler: (parts: Parts, call: Call) => Reply): Route['handle'] =>
		(call) =>
			handler(parts, call);
	const route = (pattern: string, endpoint: Route['endpoint'], handle: Route['handle']): Route => ({
		pattern,
		endpoint,
		handle
	});

	const routes: readonly Route[] = [
		route('GET facebook/dialog/oauth', 'dialog', with_(showFacebookDialog)),
		route('POST facebook/dialog/oauth/answer', 'dialog', with_(answerFacebookDialog)),
		route('GET ig/oauth/authorize', 'ig_dialog', with_(showInstagramDialog)),
		route('POST ig/oauth/authorize/answer', 'ig_dialog', with_(answerInstagramDialog)),

		route('GET graph/oauth/access_token', tokenEndpoint, with_(exchangeToken)),
		route('POST graph/oauth/access_token', tokenEndpoint, with_(exchangeToken)),
		route('GET graph/debug_token', 'debug_token', with_(debugToken)),
		route('GET graph', 'ids', with_(readNodes)),
		route('GET graph/me', 'me', with_(readMe)),
		route('GET graph/:id/accounts', 'accounts', with_(readAccounts)),
		route('GET graph/:id/permissions', 'permissions', with_(readPermissions)),
		route('DELETE graph/:id/permissions', 'revoke', with_(revokePermissions)),
		route('DELETE graph/:id/permissions/:name', 'revoke', with_(revokePermissions)),
		...['GET', 'POST', 'DELETE'].flatMap((method) => [
			route(`${method} graph/:id/subscribed_apps`, 'subscribed_apps', with_(pageSubscription)),
			route(
				`${method} ig-graph/:id/subscribed_apps`,
				'subscribed_apps',
				with_(instagramSubscription)
			),
			route(`${method} graph/:id/subscriptions`, 'subscriptions', (call) =>
				appSubscriptions(parts, call, subscriptions)
			)
		]),
		route('GET graph/:id/live_videos', 'live_videos', with_(readLiveVideos)),
		route('GET graph/:id/live_media', 'live_media', with_(readLiveMedia)),
		route(
			'GET graph/:id/comments',
			(call) => (node(call) === 'media' ? 'media_comments' : 'comments'),
			(call) =>
				parts.world.instagramLives.has(call.path[0] ?? '')
					? readMediaComments(parts, call)
					: readComments(parts, call)
		),
		route('GET graph/:id', node, with_(readNode)),

		route('GET streaming/:id/live_comments', 'stream', (call) => {
			streams.open(call);
			return null;
		}),

		route('POST ig-api/oauth/access_token', 'ig_token', with_(exchangeInstagramCode)),
		route('GET ig-graph/access_token', 'ig_exchange', with_(exchangeInstagramToken)),
		route('GET ig-graph/refresh_access_token', 'ig_refresh', with_(refreshInstagramToken)),
		route(
			'GET ig-graph/:id',
			(call) => (call.path[0] === 'me' ? 'me' : node(call)),
			with_(readInstagramLoginNode)
		)
	];

	return (call) => {
		const found = routes.find(({ pattern }) => matches(pattern, call));
		if (!found) return null;
		const { endpoint, handle } = found;
		return {
			endpoint: typeof endpoint === 'function' ? endpoint(call) : endpoint,
			handle: () => handle(call)
		};
	};
}

function tokenEndpoint(call: Call): Endpoint {
	return call.param('grant_type') === 'fb_exchange_token' ? 'exchange_token' : 'token';
}

function matches(pattern: string, call: Call): boolean {
	const [method, address = ''] = pattern.split(' ');
	if (method !== call.method) return false;
	const wanted = address.split('/');
	const given = [call.host, ...call.path];
	return (
		wanted.length === given.length &&
		wanted.every((segment, index) => segment.startsWith(':') || segment === given[index])
	);
}
