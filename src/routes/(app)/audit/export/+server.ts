import { auditFilter, readAuditView } from '$lib/audit/audit-view.ts';
import { currentApp } from '$lib/server/current-app.ts';
import { byteStream } from '$lib/server/exports/byte-stream.ts';
import { readCsvStyle } from '$lib/server/exports/csv-style.ts';
import { attachment, exportFileName } from '$lib/server/exports/file-name.ts';
import { busyResponse } from '$lib/server/exports/slots.ts';
import { zonedTime } from '$lib/server/exports/zoned-time.ts';
import { orErrorPage, requireMember } from '../../../page-access.ts';
import { auditCsv } from './audit-csv.ts';
import type { RequestHandler } from './$types';

const PAGE_ENTRIES = 100;

/**
 * The audit log as CSV, narrowed as the page is; the query says how it is written (`readCsvStyle`). Rights
 * are checked with the first page, before anything is sent. 429 while too many downloads run.
 */
export const GET: RequestHandler = async ({ locals, url }) => {
	const { workspace } = requireMember(locals, url);
	const filter = auditFilter(readAuditView(url.searchParams), workspace.timeZone);
	const read = (cursor: string | null) =>
		locals.api.audit.list({ ...filter, cursor, limit: PAGE_ENTRIES });
	const first = await orErrorPage(locals, url, read(null));
	const time = zonedTime(workspace.timeZone);
	const style = readCsvStyle(url.searchParams);
	const { requestId } = locals;
	const { services, exports } = currentApp();
	const giveBack = exports.take(workspace.id);
	if (!giveBack) return busyResponse();
	const body = byteStream(auditCsv(first, read, { time, style }), {
		onError: (error) => services.logger.error({ err: error, requestId }, 'audit export failed'),
		onEnd: giveBack
	});
	const name = exportFileName(workspace.name, time(new Date()), 'audit-log.csv');
	return new Response(body, {
		headers: {
			'cache-control': 'private, no-store',
			'content-type': 'text/csv; charset=utf-8; header=present',
			'content-disposition': attachment(name)
		}
	});
};
