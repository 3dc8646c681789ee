import { z } from 'zod';
import { cleanText } from '../../../domain/text.ts';
import { listAudit } from '../../history/queries/audit.ts';
import { auditChoices } from '../../history/queries/audit-filters.ts';
import { auditProcedure, router } from '../init.ts';
import { filterBy, pageLimit } from '../input.ts';

const moment = z.number().int().min(0).max(8.64e15);

/** Any text, as Postgres can hold it: one that entries don't have finds none. */
function anyText(limit: number) {
	return z
		.string()
		.max(limit)
		.transform((text) => cleanText(text, limit));
}

/** What the list of the audit log can be narrowed to. */
export const auditFilter = z.object({
	show: filterBy(z.uuid()),
	actor: filterBy(anyText(200)),
	kind: filterBy(anyText(100)),
	from: filterBy(moment),
	before: filterBy(moment)
});

const auditList = auditFilter.extend({
	cursor: filterBy(z.string().regex(/^[0-9]{1,18}$/, 'is not a cursor of this list')),
	limit: pageLimit
});

/**
 * The audit log. It tells what colleagues did and when, which somebody who only watches shows has no need
 * to know.
 */
export const auditRouter = router({
	/** What members did, newest first. */
	list: auditProcedure.input(auditList).query(async ({ ctx, input }) => {
		const { rows, nextCursor } = await listAudit(ctx.services.db, ctx.scope, input);
		return { entries: rows, nextCursor };
	}),

	/** Members, shows and kinds of action that the log can be narrowed to. */
	choices: auditProcedure.query(({ ctx }) => auditChoices(ctx.services.db, ctx.scope))
});
