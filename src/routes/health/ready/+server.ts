import { answerReady } from '$lib/server/observability/answer-health.ts';
import { currentApp } from '$lib/server/current-app.ts';

export async function GET(): Promise<Response> {
	return await answerReady(currentApp().health);
}
