import { answerLive } from '$lib/server/observability/answer-health.ts';

export function GET(): Response {
	return answerLive();
}
