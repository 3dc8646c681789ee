import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { toast } from 'svelte-sonner';
import { createHttpClient, describeFailure } from '../console/api.ts';

/** Makes a draft with the show's words and items and opens its setup; says so when that fails. */
export async function duplicateShow(showId: string): Promise<void> {
	let copyId: string;
	try {
		const client = createHttpClient(location.origin);
		({ showId: copyId } = await client.shows.duplicate.mutate({ showId }));
	} catch (error) {
		toast.error(describeFailure(error));
		return;
	}
	await goto(resolve(`/shows/${copyId}/setup`));
	toast.success('A copy was made', { description: 'This is it. All units are free again.' });
}
