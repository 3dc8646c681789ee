/** Whether the process answers at all. Says nothing about Redis and Postgres: a restart mends neither. */
export function GET(): Response {
	return Response.json({ status: 'ok' }, { headers: { 'cache-control': 'no-store' } });
}
