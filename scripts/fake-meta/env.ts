import type { MetaApp } from './oauth/app.ts';

/**
 * The environment variables that point the product at a fake. The client appends `/{version}/{path}` to
 * the Graph and streaming bases, `/{version}/dialog/oauth` to the dialog's, `/oauth/authorize` to
 * Instagram's.
 */
export function productEnv(app: MetaApp, origin: string): Record<string, string> {
	return {
		META_APP_ID: app.appId,
		META_APP_SECRET: app.appSecret,
		META_VERIFY_TOKEN: app.verifyToken,
		META_GRAPH_VERSION: 'v25.0',
		META_DIALOG_BASE: `${origin}/facebook`,
		META_GRAPH_BASE: `${origin}/graph`,
		META_STREAMING_BASE: `${origin}/streaming`,
		INSTAGRAM_APP_ID: app.instagramAppId,
		INSTAGRAM_APP_SECRET: app.instagramAppSecret,
		IG_GRAPH_BASE: `${origin}/ig-graph`,
		IG_OAUTH_TOKEN_BASE: `${origin}/ig-api`,
		IG_AUTHORIZE_BASE: `${origin}/ig`
	};
}
