// Starts the page.
import { mount } from 'svelte';
import App from './App.svelte';
import { Desk } from './desk.svelte';
import { expose } from './expose';
import './theme/tokens.css';
import './theme/base.css';
import './theme/controls.css';
import './theme/cards.css';

const desk = new Desk();
expose(desk);
mount(App, { target: document.getElementById('app') ?? document.body, props: { desk } });
void desk.start();
