/** The app as it is set up at Meta. */
export type MetaApp = {
	readonly appId: string;
	readonly appSecret: string;
	/** Instagram Login has an id and a secret of its own (PLATFORMS 1.10). */
	readonly instagramAppId: string;
	readonly instagramAppSecret: string;
	/** What the callback's handshake must be asked with. */
	readonly verifyToken: string;
	/** Registered redirect URIs; null: every loopback URL. */
	readonly redirectUris: readonly string[] | null;
};

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether the dialog may send people there: an exact match of what is registered (PLATFORMS 1.2). */
export function isRegistered(app: MetaApp, redirectUri: string): boolean {
	if (app.redirectUris) return app.redirectUris.includes(redirectUri);
	if (!URL.canParse(redirectUri)) return false;
	const { protocol, hostname, hash, username } = new URL(redirectUri);
	const isHttp = protocol === 'http:' || protocol === 'https:';
	return isHttp && LOOPBACK.has(hostname) && hash === '' && username === '';
}

/** Permissions that can be asked for with Facebook Login (PLATFORMS 1.5), with what the dialog says. */
export const FACEBOOK_PERMISSIONS: Readonly<Record<string, string>> = {
	public_profile: 'See your name',
	email: 'See your email address',
	pages_show_list: 'Show a list of the Pages that you manage',
	pages_read_engagement: 'Read what is posted on your Pages',
	pages_read_user_content: 'Read what people comment on your Pages',
	pages_manage_metadata: 'Get notified of what happens on your Pages',
	pages_manage_engagement: 'Create and manage comments on your Pages',
	pages_messaging: 'Manage conversations of your Pages',
	instagram_basic: 'See the profile and posts of your Instagram account',
	instagram_manage_comments: 'Read and manage comments on your Instagram account',
	instagram_manage_messages: 'Manage messages of your Instagram account',
	business_management: 'Manage your business',
	ads_management: 'Manage your ads',
	ads_read: 'Read your ads'
};

/** Permissions of Instagram Login. */
export const INSTAGRAM_PERMISSIONS: Readonly<Record<string, string>> = {
	instagram_business_basic: 'See your profile and posts',
	instagram_business_manage_comments: 'Read and manage comments',
	instagram_business_manage_messages: 'Manage messages',
	instagram_business_content_publish: 'Publish posts'
};
