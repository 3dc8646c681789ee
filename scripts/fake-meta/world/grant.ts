/** What somebody allowed the app: which permissions, and for which pages and accounts (PLATFORMS 1.4). */
export type Grant = {
	readonly scopes: Map<string, 'granted' | 'declined'>;
	readonly pageIds: Set<string>;
	readonly instagramIds: Set<string>;
	/** Epoch ms of the last time in the dialog. */
	loggedInAt: number;
};

/** Whether all of `scopes` are granted. */
export function allows(grant: Grant | null, ...scopes: readonly string[]): boolean {
	return grant !== null && scopes.every((scope) => grant.scopes.get(scope) === 'granted');
}

export function grantedScopes(grant: Grant): string[] {
	return [...grant.scopes].filter(([, status]) => status === 'granted').map(([scope]) => scope);
}

/** Which ids the person ticked for a permission; null for one that is not about pages or accounts. */
export function targetsOf(grant: Grant, scope: string): string[] | null {
	if (scope.startsWith('pages_')) return [...grant.pageIds];
	return scope.startsWith('instagram_') ? [...grant.instagramIds] : null;
}
