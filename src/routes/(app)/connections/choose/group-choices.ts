import type { ApiOutputs } from '$lib/console/api.ts';
import type { MetaLogin } from '../connection-words.ts';

export type AccountChoice = ApiOutputs['connections']['choices']['accounts'][number];

/**
 * A Page with the Instagram account that is linked to it, or an account without a Page. The API lists
 * each Page just before its account.
 */
export function groupChoices(accounts: readonly AccountChoice[]): AccountChoice[][] {
	const groups: AccountChoice[][] = [];
	for (const account of accounts) {
		const group = groups.at(-1);
		const belongs = account.platform === 'instagram' && group?.[0]?.platform === 'facebook';
		if (belongs && group.length === 1) group.push(account);
		else groups.push([account]);
	}
	return groups;
}

/**
 * Keys of the accounts that are ticked at first: what the seller most likely came for. `renewing`: they
 * came to renew what is connected.
 */
export function preselected(accounts: readonly AccountChoice[], renewing: boolean): string[] {
	const usable = accounts.filter((account) => account.usable);
	const wanted = usable.filter((account) => account.connected === renewing);
	const chosen = wanted.length > 0 ? wanted : usable;
	return chosen.map(({ key }) => key);
}

/** By which login the accounts came: Instagram's own gives its one account and no Page. */
export function loginOf(accounts: readonly AccountChoice[]): MetaLogin {
	const [first] = accounts;
	return first?.platform === 'instagram' ? 'instagram' : 'facebook';
}

const NAMED = 5;

/** `Shop, Studio and 3 more`: the first few of a list that can be long. */
export function nameSome(names: readonly string[]): string {
	const rest = names.length - NAMED;
	if (rest <= 0) return names.join(', ');
	return `${names.slice(0, NAMED).join(', ')} and ${rest} more`;
}
