// The list of a call: who is here, and who was.
import { plain, type Recruiter } from './recruiter';
import { until } from './until';

/** Its lines, each as one text, with every time of day as `h:m`. */
export async function people({ page }: Recruiter, list: 'people' | 'history'): Promise<string[]> {
  if (!(await page.getByTestId('people').isVisible())) await page.getByTestId('people-button').click();
  if (list === 'history' && !(await page.getByTestId('history').isVisible())) await page.getByTestId('history-button').click();
  const lines = await page.getByTestId(list).locator('li').allInnerTexts();
  return lines.map((line) => plain(line).replaceAll(/\d\d:\d\d/g, 'h:m'));
}

/** Waits until its lines are just these: the page may learn of somebody later than a booth. */
export async function lists(recruiter: Recruiter, list: 'people' | 'history', lines: string[], within = 20_000): Promise<void> {
  const shown = () => people(recruiter, list);
  const wanted = lines.join('\n');
  await until(`${recruiter.host.account}'s page to list ${lines.join(', ')}`, async () => (await shown()).join('\n') === wanted, {
    within,
    instead: shown,
  });
}
