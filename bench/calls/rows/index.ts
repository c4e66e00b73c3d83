import type { Row } from '../row.ts';
import { again } from './again.ts';
import { charts } from './charts.ts';
import { many } from './many.ts';
import { pages } from './pages.ts';
import { schedules } from './schedules.ts';
import { searches } from './searches.ts';

export const ROWS: readonly Row[] = [...searches, ...pages, ...schedules, ...charts, ...many, ...again];
