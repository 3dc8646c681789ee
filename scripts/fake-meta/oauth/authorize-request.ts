import type { Call } from '../http/call.ts';
import type { MetaApp } from './app.ts';
import { isRegistered } from './app.ts';

/** A request to a dialog that Meta would not show; people see its message on an error page. */
export class DialogError extends Error {
	override readonly name = 'DialogError';
}

export type AuthorizeRequest = {
	readonly redirectUri: string;
	readonly state: string;
	readonly scopes: readonly string[];
	/** `auth_type=rerequest`: asks again for what was declined before. */
	readonly isRerequest: boolean;
	/** Asked by `config_id`: all permissions or none (PLATFORMS 1.2). */
	readonly isAllOrNothing: boolean;
};

type Rules = {
	readonly clientId: string;
	/** Parameters beside the four that every dialog takes. */
	readonly extraParams: readonly string[];
	readonly permissions: Readonly<Record<string, string>>;
};

/** What the fake itself adds to a dialog's address: as whom to go on. */
export const PERSON_PARAM = 'as';

/** Permissions that any `config_id` stands for (PLATFORMS 1.5). */
const CONFIGURED_SCOPES = [
	'pages_show_list',
	'pages_read_engagement',
	'pages_read_user_content',
	'pages_manage_metadata',
	'instagram_basic',
	'instagram_manage_comments'
];

/** Reads and checks a dialog's parameters. @throws DialogError for anything missing or strange */
export function readAuthorizeRequest(app: MetaApp, call: Call, rules: Rules): AuthorizeRequest {
	const { query } = call;
	const known = ['client_id', 'redirect_uri', 'state', 'response_type', 'scope', PERSON_PARAM];
	for (const name of query.keys()) {
		if (![...known, ...rules.extraParams].includes(name)) {
			throw new DialogError(`The parameter “${name}” is not known to this dialog.`);
		}
		if (query.getAll(name).length > 1) throw new DialogError(`“${name}” is given twice.`);
	}
	if (query.get('client_id') !== rules.clientId) {
		throw new DialogError('Invalid App ID: the provided app ID does not look like a valid app ID.');
	}
	const redirectUri = query.get('redirect_uri') ?? '';
	if (!isRegistered(app, redirectUri)) {
		throw new DialogError('URL blocked: this redirect failed because the URI is not registered.');
	}
	const state = query.get('state') ?? '';
	if (state === '') throw new DialogError('The parameter “state” is missing.');
	if (query.get('response_type') !== 'code') {
		throw new DialogError('The parameter “response_type” must be “code”.');
	}
	return {
		redirectUri,
		state,
		scopes: readScopes(query, rules),
		isRerequest: readAuthType(query.get('auth_type')),
		isAllOrNothing: query.has('config_id')
	};
}

function readScopes(query: URLSearchParams, rules: Rules): string[] {
	if (query.has('config_id')) {
		if (!query.get('config_id')) throw new DialogError('The parameter “config_id” is empty.');
		if (query.has('scope'))
			throw new DialogError('“config_id” replaces “scope”; send one of them.');
		return CONFIGURED_SCOPES;
	}
	const scopes = (query.get('scope') ?? '').split(',').filter(Boolean);
	if (scopes.length === 0) throw new DialogError('The parameter “scope” is missing.');
	const strange = scopes.filter((scope) => !Object.hasOwn(rules.permissions, scope));
	if (strange.length > 0) throw new DialogError(`Invalid Scopes: ${strange.join(', ')}.`);
	return [...new Set(scopes)];
}

function readAuthType(value: string | null): boolean {
	if (value !== null && value !== 'rerequest' && value !== 'reauthenticate') {
		throw new DialogError(`The value “${value}” of “auth_type” is not known.`);
	}
	return value === 'rerequest';
}

/** The registered address with the answer's parameters; what it already had stays. */
export function answerUrl(
	{ redirectUri }: AuthorizeRequest,
	answer: Readonly<Record<string, string>>
): string {
	const url = new URL(redirectUri);
	for (const [name, value] of Object.entries(answer)) url.searchParams.append(name, value);
	return url.href;
}

/** The four parameters that a refusal has, and the state (PLATFORMS 1.2). */
export function denialUrl(request: AuthorizeRequest): string {
	return answerUrl(request, {
		error: 'access_denied',
		error_code: '200',
		error_description: 'Permissions error',
		error_reason: 'user_denied',
		state: request.state
	});
}
