import { z } from 'zod';
import type { MetaClient, MetaRequest } from './client.ts';

/** More than any seller has; a list that never ends must not keep us. */
const MAX_PAGES = 20;
const PAGE_SIZE = '100';

const cursor = z.string().min(1).max(2000);

function pageSchema<T>(item: z.ZodType<T>) {
	return z.object({
		data: z.array(item),
		paging: z
			.object({
				cursors: z.object({ after: cursor.optional() }).optional(),
				next: z.string().optional()
			})
			.optional()
	});
}

/**
 * Reads a list to its end, at most 2,000 entries. Only `paging.next` says that there is more; what it
 * names is never fetched, for it holds the token: the cursor is enough (PLATFORMS 1.12).
 */
export async function readList<T>(
	client: MetaClient,
	request: MetaRequest,
	item: z.ZodType<T>
): Promise<T[]> {
	const schema = pageSchema(item);
	const entries: T[] = [];
	let after: string | undefined;
	for (let page = 0; page < MAX_PAGES; page += 1) {
		const query = { ...request.query, limit: PAGE_SIZE, ...(after ? { after } : {}) };
		const { data } = await client.request({ ...request, query }, schema);
		entries.push(...data.data);
		const next = data.paging?.next ? data.paging.cursors?.after : undefined;
		if (next === undefined || next === after) break;
		after = next;
	}
	return entries;
}
