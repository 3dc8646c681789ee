import { AppError } from '../errors.ts';
import type { Db } from '../history/database.ts';
import { WorkspaceScope } from '../history/queries/scope.ts';
import { readWorkspaceSettings } from '../history/queries/workspace-settings.ts';
import type { Logger } from '../observability/logger.ts';
import type { RedisClient } from '../redis/run-script.ts';
import { byteStream } from './byte-stream.ts';
import type { CsvStyle } from './csv-style.ts';
import { contentType, exportText } from './export-file.ts';
import type { ExportFile } from './export-file.ts';
import { attachment, exportFileName } from './file-name.ts';
import { describeObstacle, exportObstacle } from './readiness.ts';
import type { ExportObstacle } from './readiness.ts';
import { BUSY_TEXT, busyResponse } from './slots.ts';
import type { ExportSlots } from './slots.ts';
import { exportSource } from './source.ts';
import type { ExportSource } from './source.ts';

export type ExportServices = {
	readonly db: Db;
	readonly redis: RedisClient;
	readonly logger: Logger;
	readonly slots: ExportSlots;
};

/** What a member asks for. `showId` may be any text. */
export type ExportRequest = {
	readonly workspaceId: string;
	readonly showId: string;
	readonly file: ExportFile;
	/** Of a CSV. */
	readonly style: CsvStyle;
	/** HEAD: the headers alone. */
	readonly headersOnly: boolean;
	readonly requestId: string;
};

/** Whether a show's files can be had, as the menu of the pages reads it. */
export type ExportStatus =
	| { readonly ready: true }
	| {
			readonly ready: false;
			readonly reason: ExportObstacle | 'busy';
			readonly message: string;
	  };

/** Files and answers belong to one member. */
const PRIVATE = { 'cache-control': 'private, no-store' };

/** Says whether the show's files can be had. Throws `SHOW_NOT_FOUND`, and outages. */
export async function exportStatus(
	services: Omit<ExportServices, 'logger'>,
	{ workspaceId, showId }: Pick<ExportRequest, 'workspaceId' | 'showId'>
): Promise<Response> {
	const show = await new WorkspaceScope(services.db, workspaceId).show(showId);
	const reason = await exportObstacle(services, show);
	const answer = (status: ExportStatus) => Response.json(status, { headers: PRIVATE });
	if (reason !== null) {
		return answer({ ready: false, reason, message: describeObstacle(reason) });
	}
	return answer(
		services.slots.isFree(workspaceId)
			? { ready: true }
			: { ready: false, reason: 'busy', message: BUSY_TEXT }
	);
}

/**
 * Answers with a file of the show: 200 and its text as it is read; 409 and the reason while the show's
 * history is not complete; 429 while too many downloads run. Throws `SHOW_NOT_FOUND`, and outages.
 */
export async function answerExport(
	services: ExportServices,
	request: ExportRequest
): Promise<Response> {
	const { db, logger, slots } = services;
	const { workspaceId, showId, file, style, requestId } = request;
	const show = await new WorkspaceScope(db, workspaceId).show(showId);
	const obstacle = await exportObstacle(services, show);
	if (obstacle !== null) {
		const headers = { ...PRIVATE, 'content-type': 'text/plain; charset=utf-8' };
		return new Response(describeObstacle(obstacle), { status: 409, headers });
	}
	const { timeZone } = await readWorkspaceSettings(db, workspaceId);
	const source = await exportSource(db, show, timeZone);
	const headers = {
		...PRIVATE,
		'content-type': contentType(file),
		'content-disposition': attachment(await fileNameOf(source, file))
	};
	if (request.headersOnly) return new Response(null, { headers });
	const giveBack = slots.take(workspaceId);
	if (!giveBack) return busyResponse();
	const body = byteStream(exportText(file, source, style), {
		onError: (error) => logger.error({ err: error, requestId, showId, file }, 'export failed'),
		onEnd: giveBack
	});
	return new Response(body, { headers });
}

async function fileNameOf({ db, show, time }: ExportSource, file: ExportFile): Promise<string> {
	const stored = await db
		.selectFrom('shows')
		.select(['name', 'started_at', 'created_at'])
		.where('id', '=', show.id)
		.executeTakeFirst();
	if (!stored) throw new AppError('SHOW_NOT_FOUND');
	return exportFileName(stored.name, time(stored.started_at ?? stored.created_at), file);
}
