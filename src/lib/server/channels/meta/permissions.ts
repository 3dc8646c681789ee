import type { GranularScope } from './debug-token.ts';

export type MetaPlatform = 'facebook' | 'instagram';
/** Facebook Login also gives the Instagram account of a Page; Instagram Login knows no Page. */
export type MetaLogin = 'facebook' | 'instagram';

/** How much a permission matters: without it nothing works, the webhook is silent, or nothing is lost. */
export type PermissionNeed = 'required' | 'webhook' | 'optional';

export type Permission = {
	readonly permission: string;
	readonly need: PermissionNeed;
	/** What it is for, as the end of "needed to …". */
	readonly purpose: string;
};

/** Which permissions listening to a live asks for (PLATFORMS 1.5), as data. */
const FACEBOOK_PAGE: readonly Permission[] = [
	{
		permission: 'pages_show_list',
		need: 'required',
		purpose: 'list your Pages and get access to the one you choose'
	},
	{
		permission: 'pages_read_engagement',
		need: 'required',
		purpose: 'find the Page’s live videos'
	},
	{
		permission: 'pages_read_user_content',
		need: 'required',
		purpose: 'read the viewers’ comments on the Page'
	},
	{
		permission: 'pages_manage_metadata',
		need: 'webhook',
		purpose: 'let Facebook send the Page’s news and comments to us at once'
	}
];

const INSTAGRAM_OF_PAGE: readonly Permission[] = [
	{
		permission: 'instagram_basic',
		need: 'required',
		purpose: 'see the Instagram account and its live videos'
	},
	{
		permission: 'instagram_manage_comments',
		need: 'required',
		purpose: 'receive the viewers’ comments'
	},
	{
		permission: 'pages_show_list',
		need: 'required',
		purpose: 'find the Page that the Instagram account is linked to'
	},
	{
		permission: 'pages_read_engagement',
		need: 'required',
		purpose: 'see which Instagram account is linked to the Page and what it sends live'
	},
	{
		permission: 'pages_manage_metadata',
		need: 'required',
		purpose: 'let Instagram send live comments to us: nothing arrives without it'
	},
	{
		permission: 'ads_read',
		need: 'optional',
		purpose: 'find live videos when your role on the Page comes from Meta Business Manager'
	}
];

const INSTAGRAM_LOGIN: readonly Permission[] = [
	{
		permission: 'instagram_business_basic',
		need: 'required',
		purpose: 'see the Instagram account'
	},
	{
		permission: 'instagram_business_manage_comments',
		need: 'required',
		purpose: 'receive the viewers’ comments'
	}
];

/** What listening to the platform asks for with this login. Instagram Login gives no Page: nothing. */
export function permissionsFor(platform: MetaPlatform, login: MetaLogin): readonly Permission[] {
	if (login === 'instagram') return platform === 'instagram' ? INSTAGRAM_LOGIN : [];
	return platform === 'facebook' ? FACEBOOK_PAGE : INSTAGRAM_OF_PAGE;
}

/** The scopes to ask for in the login's window: all but the optional ones, each once. */
export function scopesFor(login: MetaLogin, platforms: readonly MetaPlatform[]): string[] {
	const wanted = platforms
		.flatMap((platform) => permissionsFor(platform, login))
		.filter(({ need }) => need !== 'optional')
		.map(({ permission }) => permission);
	return [...new Set(wanted)];
}

export type MissingPermission = {
	readonly permission: string;
	readonly need: Exclude<PermissionNeed, 'optional'>;
	/** For the seller: what is missing and what to do. */
	readonly why: string;
};

export type PermissionCheck = {
	readonly platform: MetaPlatform;
	readonly login: MetaLogin;
	readonly granted: readonly string[];
	/** From `debugToken`; empty where the login knows none (Instagram Login). */
	readonly granularScopes: readonly GranularScope[];
	/**
	 * The ids of what is connected: of the Page and, for Instagram through it, of the account too, since
	 * `pages_…` permissions name Pages and `instagram_…` ones accounts.
	 */
	readonly assetIds: readonly string[];
};

type Grant = 'here' | 'elsewhere' | 'none';

function grantOf(permission: string, check: PermissionCheck): Grant {
	if (!check.granted.includes(permission)) return 'none';
	const grants = check.granularScopes.filter(({ scope }) => scope === permission);
	if (grants.length === 0) return 'here';
	const covers = ({ targetIds }: GranularScope): boolean =>
		targetIds === null || targetIds.some((id) => check.assetIds.includes(id));
	return grants.some(covers) ? 'here' : 'elsewhere';
}

const ASSET: Record<MetaPlatform, string> = {
	facebook: 'this Page',
	instagram: 'this Instagram account'
};

/**
 * What a connection lacks. A permission that was granted for other Pages or accounts only is missing
 * for this one (PLATFORMS 1.4). Optional ones never count as missing.
 */
export function missingPermissions(check: PermissionCheck): MissingPermission[] {
	return permissionsFor(check.platform, check.login).flatMap(({ permission, need, purpose }) => {
		const grant = grantOf(permission, check);
		if (need === 'optional' || grant === 'here') return [];
		const state =
			grant === 'elsewhere' ? `was not granted for ${ASSET[check.platform]}` : 'was not granted';
		const todo = grant === 'elsewhere' ? 'tick it in Meta’s window' : 'allow it';
		const why = `“${permission}” ${state}. It is needed to ${purpose}. Connect again and ${todo}.`;
		return [{ permission, need, why }];
	});
}
