UPDATE people SET name = 'x';
