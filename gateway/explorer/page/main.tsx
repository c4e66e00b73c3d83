import 'graphiql/setup-workers/vite';
import 'graphiql/style.css';
import './page.css';
import { createRoot } from 'react-dom/client';
import { operations } from '../operations.ts';
import { Explorer } from './explorer.tsx';
import { rememberedSwitch } from './switch.ts';

const place = document.getElementById('explorer');
if (place === null) throw new Error('The page has no place for the explorer.');

createRoot(place).render(
  <Explorer operations={operations(new Date())} askForExplain={rememberedSwitch('practicegraph:explain', true)} />,
);
