import { z } from 'zod';
import type { MetaClient } from '../meta/client.ts';
import { graphPath } from '../meta/client.ts';
import { MetaError } from '../meta/errors.ts';
import { metaId } from '../meta/json.ts';
import { parseFacebookComment } from '../platform-comment.ts';
import type { PlatformComment } from '../platform-comment.ts';
import { COMMENT_FIELDS } from './comments.ts';

/** Ids of one request for several objects (unverified). */
const MAX_IDS_PER_REQUEST = 50;

export type LookUpOptions = {
	readonly pageId: string;
	/** The Page's own token (PLATFORMS 2.3). */
	readonly token: string;
	/** As the comments' `rawId` has them. */
	readonly rawIds: readonly string[];
	readonly signal?: AbortSignal;
};

const severalObjects = z.record(z.string(), z.unknown());

/**
 * Reads comments again whose author was missing (PLATFORMS 2.3). One that Meta still tells no author of, or
 * that is gone, is not in the result.
 * @returns the comments by the raw id that was asked for, each with its author
 * @throws MetaError when Meta can't be asked now: a dead token, a throttle, a fault of Meta's
 */
export async function lookUpAuthors(
	client: MetaClient,
	options: LookUpOptions
): Promise<ReadonlyMap<string, PlatformComment>> {
	const found = new Map<string, PlatformComment>();
	// One that Meta could not have given would make it refuse the others.
	const rawIds = [...new Set(options.rawIds)].filter((id) => metaId.safeParse(id).success);
	for (let start = 0; start < rawIds.length; start += MAX_IDS_PER_REQUEST) {
		const batch = rawIds.slice(start, start + MAX_IDS_PER_REQUEST);
		for (const [rawId, row] of await readBatch(client, options, batch)) {
			const comment = parseFacebookComment(row, { pageId: options.pageId, seenAt: Date.now() });
			if (comment?.author) found.set(rawId, comment);
		}
	}
	return found;
}

/** One request for all; when Meta refuses that, for instance because one of them is gone, one for each. */
async function readBatch(
	client: MetaClient,
	options: LookUpOptions,
	rawIds: readonly string[]
): Promise<readonly (readonly [rawId: string, row: unknown])[]> {
	try {
		const { data } = await client.request(
			{
				// `/v25.0?ids=…`: the objects are named in the query alone.
				versioned: false,
				path: graphPath(client.settings.graphVersion),
				token: options.token,
				query: { ids: rawIds.join(','), fields: COMMENT_FIELDS },
				signal: options.signal
			},
			severalObjects
		);
		return rawIds.map((rawId) => [rawId, data[rawId]]);
	} catch (error) {
		if (!isAboutTheObject(error)) throw error;
	}
	const rows: [string, unknown][] = [];
	for (const rawId of rawIds) {
		try {
			const { data } = await client.request(
				{
					path: graphPath(rawId),
					token: options.token,
					query: { fields: COMMENT_FIELDS },
					signal: options.signal
				},
				z.unknown()
			);
			rows.push([rawId, data]);
		} catch (error) {
			if (!isAboutTheObject(error)) throw error;
		}
	}
	return rows;
}

/** The comment is gone or can't be seen, or the form of the request is not liked: nothing to wait for. */
function isAboutTheObject(error: unknown): boolean {
	return (
		error instanceof MetaError && ['bad_request', 'not_found', 'unknown_id'].includes(error.kind)
	);
}
